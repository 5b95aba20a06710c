package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.chat.Model;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelListTest {

    private static final String LIST = """
            {"data":[
             {"id":"qwen3.7-plus","name":"Qwen3.7-Plus","object":"model","owned_by":"qwen",
              "info":{"id":"qwen3.7-plus","meta":{"description":"Multimodal model.",
                "capabilities":{"vision":true,"thinking":true,"search":true},"abilities":{"vision":1,"thinking":3},
                "think_skip":{"enable":true},"chat_type":["t2t","t2i","search"]},
               "is_active":true,"is_visitor_active":true,"updated_at":1780400000,"created_at":1780000000},"preset":true},
             {"id":"qwen3.8-max-preview","info":{"meta":{"capabilities":{"vision":false,"thinking":true},
                "think_skip":{"enable":false},"chat_type":["t2t"]},"is_active":true,"created_at":1784500000}},
             {"id":"gone","info":{"is_active":false}},
             {"id":""}, {"info":{}}, 7, null,
             {"id":"bare"}]}""";

    private static final List<Model> MODELS = List.of(
            new Model(
                    "qwen3.7-plus",
                    Instant.ofEpochSecond(1_780_000_000),
                    true,
                    true,
                    true,
                    Set.of("t2t", "t2i", "search")),
            new Model("qwen3.8-max-preview", Instant.ofEpochSecond(1_784_500_000), true, false, false, Set.of("t2t")),
            new Model("bare", Instant.EPOCH, false, true, false, Set.of()));

    private static List<Model> read(String text) {
        return ModelList.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void the_active_models_are_read_in_their_order() {
        assertEquals(MODELS, read(LIST));
    }

    /** Two tokens each for the braces, the list and its name, one for the list's end, one for each number. */
    @Test
    void a_list_of_more_than_300_000_tokens_is_no_list() {
        String numbers = ",1".repeat(300_000 - 9);
        assertEquals(1, read("{\"data\":[{\"id\":\"a\"}" + numbers + "]}").size());
        assertEquals(List.of(), read("{\"data\":[{\"id\":\"a\"}" + numbers + ",1]}"));
    }

    @Test
    void the_window_and_the_output_limit_are_read_under_either_name() {
        String meta = "{\"data\":[{\"id\":\"a\",\"info\":{\"meta\":{\"max_context_length\":131072,";
        for (String name : List.of("max_generation_length", "max_summary_generation_length")) {
            assertEquals(
                    new Model.TokenLimits(OptionalInt.of(131_072), OptionalInt.of(8_192)),
                    read(meta + "\"" + name + "\":8192}}}]}").get(0).limits());
        }
        assertEquals(
                Model.TokenLimits.UNKNOWN,
                read("{\"data\":[{\"id\":\"a\"}]}").get(0).limits());
    }

    @Test
    void the_enveloped_list_reads_the_same() {
        assertEquals(MODELS, read("{\"success\":true,\"request_id\":\"r\",\"data\":" + LIST + "}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>", "{", "[]", "{}", "{\"data\":null}", "{\"data\":{\"data\":7}}", "{\"data\":[]}"})
    void anything_else_holds_no_models(String text) {
        assertEquals(List.of(), read(text));
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9999-12-31T23:59:59Z",
        "99999999999999999999999, 9999-12-31T23:59:59Z",
        "253402300800, 9999-12-31T23:59:59Z",
        "-9223372036854775808, 1970-01-01T00:00:00Z",
        "1e300, 9999-12-31T23:59:59Z",
    })
    void a_time_of_creation_that_no_date_can_tell_is_the_nearest_that_one_can(String seconds, Instant created) {
        List<Model> models = read("{\"data\":[{\"id\":\"odd\",\"info\":{\"created_at\":" + seconds + "}}]}");
        assertEquals(List.of(created), models.stream().map(Model::created).toList());
    }
}
