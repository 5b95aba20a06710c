package dev.qwen2api.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelClassTest {

    @ParameterizedTest
    @CsvSource({
        "qwen3.9-max qwen3.10-max, qwen3.10-max",
        "qwen3.10-max qwen3.9-max, qwen3.10-max",
        "qwen4-max qwen3.10-max, qwen4-max",
        "qwen3-max qwen3.0.1-max, qwen3.0.1-max",
        "qwen3.10-max-preview qwen3.9-max, qwen3.9-max",
        "qwen-max qwen2-max, qwen2-max",
        "qwen99999999999999-max qwen3-max, qwen99999999999999-max"
    })
    void versions_are_compared_number_by_number(String catalogue, String best) {
        List<Model> models = Stream.of(catalogue.split(" "))
                .map(id -> new Model(id, Instant.EPOCH, true, true, false, Set.of()))
                .toList();
        assertEquals(best, ModelClass.MAX.best(models));
    }
}
