package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.qwen2api.upstream.qwen.upload.OssSigner;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against the examples that Alibaba publishes with its own clients. */
class OssSignerTest {

    private static final OssSigner.Key KEY = new OssSigner.Key("ak", "sk", "cn-hangzhou");
    private static final String QUERY = "%2Bparam1=value3&%2Bparam2&%7Cparam1=value4&%7Cparam2&param1=value1&param2";

    private static String sign(long millis, Map<String, String> more) {
        var headers = new HashMap<>(Map.of(
                "x-oss-head1", "value",
                "content-type", "text/plain",
                "x-oss-content-sha256", "UNSIGNED-PAYLOAD",
                "x-oss-date", OssSigner.time(Instant.ofEpochMilli(millis))));
        headers.putAll(more);
        return OssSigner.authorization(KEY, "PUT", "/bucket/1234%2B-/123/1.txt", QUERY, headers);
    }

    @Test
    void the_published_example_is_signed_as_published() {
        assertEquals(
                "OSS4-HMAC-SHA256 Credential=ak/20231216/cn-hangzhou/oss/aliyun_v4_request,"
                        + "Signature=e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe",
                sign(1702743657018L, Map.of()));
    }

    @Test
    void so_is_the_one_with_a_temporary_token() {
        assertEquals(
                "OSS4-HMAC-SHA256 Credential=ak/20231217/cn-hangzhou/oss/aliyun_v4_request,"
                        + "Signature=b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea",
                sign(1702784856007L, Map.of("x-oss-security-token", "token")));
    }

    @Test
    void a_key_does_not_tell_its_secret() {
        assertFalse(KEY.toString().contains("sk"));
    }
}
