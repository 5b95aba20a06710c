package dev.qwen2api.upstream.qwen.upload;

import dev.qwen2api.config.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to Alibaba's object storage: version 4, {@code OSS4-HMAC-SHA256}, payload unsigned, no additional
 * headers, as the web app does. Pure.
 */
public final class OssSigner {

    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private OssSigner() {}

    /**
     * With what a request is signed.
     *
     * @param keyId names the secret
     * @param secret the key
     * @param region without {@code oss-}, such as {@code ap-southeast-1}
     */
    public record Key(String keyId, String secret, String region) {

        @Override
        public String toString() {
            return "Key[***]";
        }
    }

    /** The value of {@code x-oss-date}. */
    public static String time(Instant now) {
        return TIME.format(now);
    }

    /**
     * The value of {@code Authorization}.
     *
     * @param resource {@code /bucket/key}, percent-encoded as in the address
     * @param query its parameters, encoded and sorted; empty where it has none
     * @param headers names in lower case: {@code content-type} and every {@code x-oss-…}, {@code x-oss-date} among them
     */
    public static String authorization(
            Key key, String method, String resource, String query, Map<String, String> headers) {
        String time = headers.getOrDefault("x-oss-date", "");
        String day = time.substring(0, Math.min(8, time.length()));
        String scope = day + "/" + key.region() + "/oss/aliyun_v4_request";
        String signed = new TreeMap<>(headers)
                .entrySet().stream()
                        .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                        .collect(Collectors.joining());
        String canonical = method + "\n" + resource + "\n" + query + "\n" + signed + "\n\nUNSIGNED-PAYLOAD";
        String text = "OSS4-HMAC-SHA256\n" + time + "\n" + scope + "\n"
                + Sha256.hex(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] chained = ("aliyun_v4" + key.secret()).getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(day, key.region(), "oss", "aliyun_v4_request", text)) {
            chained = hmac(chained, part);
        }
        return "OSS4-HMAC-SHA256 Credential=" + key.keyId() + "/" + scope + ",Signature=" + hex(chained);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HmacSHA256", impossible);
        }
    }
}
