package dev.qwen2api.upstream.compatible;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CliCredentialTest {

    /** What the service names, where the owner says that the portal is, and where the token goes. */
    @ParameterizedTest
    @CsvSource({
        "portal.qwen.ai,                    https://portal.qwen.ai,  https://portal.qwen.ai",
        "https://portal.qwen.ai/v1,         https://portal.qwen.ai,  https://portal.qwen.ai",
        "portal.qwen.ai,                    https://mirror.example,  https://mirror.example",
        ",                                  https://mirror.example/v1/, https://mirror.example",
        "'',                                https://portal.qwen.ai,  https://portal.qwen.ai",
        "dashscope.aliyuncs.com/compatible-mode/v1, https://portal.qwen.ai, https://dashscope.aliyuncs.com/compatible-mode",
        "https://other.example:8443/,       https://portal.qwen.ai,  https://other.example:8443",
        "http://other.example,              https://portal.qwen.ai,  https://portal.qwen.ai",
        "http://127.0.0.1:9/v1,             http://127.0.0.1:9,      http://127.0.0.1:9",
        "file:///etc/passwd,                https://portal.qwen.ai,  https://portal.qwen.ai",
        "user:secret@evil.example,          https://portal.qwen.ai,  https://portal.qwen.ai",
        "evil.example?x=,                   https://portal.qwen.ai,  https://portal.qwen.ai",
        "'evil.example\r\nHost: x',         https://portal.qwen.ai,  https://portal.qwen.ai",
    })
    void a_token_goes_where_the_service_says_unless_that_is_no_place_for_it(
            String resource, URI configured, URI wanted) {
        var credential = new CliCredential("at", Optional.empty(), Optional.ofNullable(resource), Instant.EPOCH);
        assertEquals(wanted, credential.base(configured));
    }
}
