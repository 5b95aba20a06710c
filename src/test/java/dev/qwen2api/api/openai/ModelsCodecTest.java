package dev.qwen2api.api.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.schema.OpenAiSchema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelsCodecTest {

    private static final List<Listing> MODELS = List.of(
            new Listing("qwen3-max", Instant.ofEpochSecond(7)),
            new Listing("qwen3-max-thinking", Instant.ofEpochSecond(7)));

    @Test
    void the_list_and_each_of_its_models_obey_the_schema() {
        OpenAiSchema.of("ListModelsResponse").check(new ModelsCodec().list(MODELS));
        MODELS.forEach(model -> OpenAiSchema.of("Model").check(new ModelsCodec().one(model)));
        OpenAiSchema.of("ListModelsResponse").check(new ModelsCodec().list(List.of()));
    }

    @Test
    void a_model_has_its_id_and_its_age() {
        assertEquals(
                "{\"id\":\"qwen3-max\",\"object\":\"model\",\"created\":7,\"owned_by\":\"qwen\"}",
                new String(new ModelsCodec().one(MODELS.get(0)), StandardCharsets.UTF_8));
    }
}
