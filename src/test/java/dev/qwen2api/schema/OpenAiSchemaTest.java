package dev.qwen2api.schema;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The judge must be able to condemn. */
class OpenAiSchemaTest {

    private static final String CHUNK = "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
            + "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                        | null
                    {"content":"hello"}       | "stop"
                    {"role":"assistant"}      | null
                    """)
    void a_good_chunk_passes(String delta, String finish) {
        assertDoesNotThrow(() -> check(delta, finish));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"content":7}             | null
                    {"role":"robot"}          | null
                    {}                        | "tired"
                    {"tool_calls":[{"id":"a"}]} | null
                    """)
    void a_bad_chunk_does_not(String delta, String finish) {
        assertThrows(AssertionError.class, () -> check(delta, finish));
    }

    private static void check(String delta, String finish) {
        OpenAiSchema.of("CreateChatCompletionStreamResponse")
                .check(CHUNK.formatted(delta, finish).getBytes(StandardCharsets.UTF_8));
    }
}
