package dev.qwen2api.upstream.qwen.upload;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The upstream's permission to put one file into its storage.
 *
 * @param fileId names the file to the upstream
 * @param url where it can be read afterwards, signed; without its query, where it is put
 * @param bucket of the storage
 * @param key with what the request is signed
 * @param token goes with the key
 */
record UploadTicket(String fileId, String url, String bucket, OssSigner.Key key, String token) {

    private static final int HTTPS = 443;
    private static final Duration LINK_LIFE = Duration.ofMinutes(5);
    private static final Pattern DATE = Pattern.compile("[?&]x-oss-date=(\\d{8}T\\d{6}Z)");
    private static final Pattern EXPIRES = Pattern.compile("[?&]x-oss-expires=(\\d{1,6})");

    /**
     * Hosts of the service's object storage. The address comes from a reply, and what is put there is a client's file:
     * it goes nowhere else.
     */
    private static final Pattern STORAGE = Pattern.compile("([a-z0-9-]{1,63}\\.){1,8}aliyuncs\\.com");

    /** Empty where the reply grants nothing. */
    static Optional<UploadTicket> read(JsonNode reply) {
        JsonNode data = reply.path("data").isObject() ? reply.path("data") : reply;
        boolean whole = !data.path("file_id").asText().isEmpty()
                && data.path("file_url").asText().startsWith("http")
                && !data.path("access_key_secret").asText().isEmpty();
        return whole ? Optional.of(of(data)) : Optional.empty();
    }

    private static UploadTicket of(JsonNode data) {
        String region = data.path("region").asText("oss-ap-southeast-1").replaceFirst("^oss-", "");
        var key = new OssSigner.Key(
                data.path("access_key_id").asText(),
                data.path("access_key_secret").asText(),
                region);
        return new UploadTicket(
                data.path("file_id").asText(),
                data.path("file_url").asText(),
                data.path("bucketname").asText(),
                key,
                data.path("security_token").asText());
    }

    /** Where the file is put; empty where that is no address. */
    Optional<URI> target() {
        try {
            URI target = new URI(url.replaceFirst("\\?.*", ""));
            return Optional.of(target).filter(each -> each.getHost() != null && each.getUserInfo() == null);
        } catch (URISyntaxException malformed) {
            return Optional.empty();
        }
    }

    /** Whether an address is in the service's object storage. */
    static boolean isStorage(URI target) {
        return "https".equalsIgnoreCase(target.getScheme())
                && (target.getPort() == -1 || target.getPort() == HTTPS)
                && STORAGE.matcher(target.getHost().toLowerCase(Locale.ROOT)).matches();
    }

    /** When the signed address ends; its own word where it has one that lies ahead. */
    Instant until(Instant now) {
        Instant usual = now.plus(LINK_LIFE);
        Matcher date = DATE.matcher(url);
        Matcher expires = EXPIRES.matcher(url);
        if (!date.find() || !expires.find()) {
            return usual;
        }
        try {
            Instant said =
                    Instant.from(OssSigner.TIME.parse(date.group(1))).plusSeconds(Long.parseLong(expires.group(1)));
            return said.isAfter(now) ? said : usual;
        } catch (DateTimeException noDate) {
            return usual;
        }
    }

    @Override
    public String toString() {
        return "UploadTicket[" + fileId + "]";
    }
}
