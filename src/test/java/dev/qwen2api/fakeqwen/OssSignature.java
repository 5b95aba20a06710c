package dev.qwen2api.fakeqwen;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The object storage's check of a V4 signature ({@code OSS4-HMAC-SHA256}, payload unsigned, no additional headers). */
final class OssSignature {
    private static final Pattern V4 = Pattern.compile(
            "OSS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/oss/aliyun_v4_request,\\s*Signature=(\\w+)");
    private static final Pattern V1 = Pattern.compile("OSS ([^:]+):(.+)");

    private final String bucket;

    OssSignature(String bucket) {
        this.bucket = bucket;
    }

    /** Whether the storage would let the request in: V4 is computed, of V1 only the key id is looked at. */
    boolean accepts(Request request, StoredFile.Ticket ticket) {
        String authorization = request.header("authorization").orElse("");
        Matcher old = V1.matcher(authorization);
        if (old.matches()) {
            return old.group(1).equals(ticket.accessKeyId());
        }
        Matcher v4 = V4.matcher(authorization);
        boolean token = request.header("x-oss-security-token")
                .filter(ticket.securityToken()::equals)
                .isPresent();
        return token
                && v4.matches()
                && v4.group(1).equals(ticket.accessKeyId())
                && v4.group(4).equals(signature(request, ticket, v4.group(2), v4.group(3)));
    }

    private String signature(Request request, StoredFile.Ticket ticket, String day, String region) {
        String scope = day + "/" + region + "/oss/aliyun_v4_request";
        // A client without this header signs the ordinary date, which is no signed header then.
        String date =
                request.header("x-oss-date").or(() -> request.header("date")).orElse("");
        String text = "OSS4-HMAC-SHA256\n" + date + "\n" + scope + "\n"
                + HexFormat.of().formatHex(FakeTokens.sha256(canonical(request)));
        byte[] key = ("aliyun_v4" + ticket.accessKeySecret()).getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(day, region, "oss", "aliyun_v4_request", text)) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(key);
    }

    private String canonical(Request request) {
        TreeMap<String, String> signed = new TreeMap<>();
        for (Headers.Line line : request.headers().lines()) {
            String name = line.name().toLowerCase(Locale.ROOT);
            if (name.equals("content-type") || name.equals("content-md5") || name.startsWith("x-oss-")) {
                signed.put(name, line.value().strip());
            }
        }
        String headers = signed.entrySet().stream()
                .map(e -> e.getKey() + ":" + e.getValue() + "\n")
                .collect(Collectors.joining());
        String payload = request.header("x-oss-content-sha256").orElse("UNSIGNED-PAYLOAD");
        return request.method() + "\n/" + bucket + request.path() + "\n" + request.query() + "\n" + headers + "\n\n"
                + payload;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
