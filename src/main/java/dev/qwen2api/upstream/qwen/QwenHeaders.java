package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Credential;
import dev.qwen2api.config.Settings;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The headers of the web app. Leaving one out is answered with a firewall page or a {@code Bad_Request} that does not
 * say why ({@code x-request-id}, {@code source}, {@code version}: seen 2026-06 to 2026-09). Nothing is computed that
 * only the page's own scripts could: what they leave in the owner's cookies is replayed, no more. Thread-safe.
 */
final class QwenHeaders {

    /** Where the page is from which a browser would send, whatever address the API is reached at. */
    static final String SITE = "https://chat.qwen.ai";

    private static final DateTimeFormatter BROWSER_TIME =
            DateTimeFormatter.ofPattern("EEE MMM dd yyyy HH:mm:ss 'GMT'xx", Locale.ENGLISH);
    private static final Pattern CHROME = Pattern.compile("Chrome/(\\d+)");

    private final Settings.Headers settings;
    private final Clock clock;

    /** What is the same in every request. */
    private final SortedMap<String, String> lasting;

    QwenHeaders(Settings.Headers settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.lasting = lasting();
    }

    /** Dresses a request that needs no account. */
    void dress(HttpRequest.Builder request, String referer) {
        all(referer, Optional.empty()).forEach(request::setHeader);
    }

    /** Dresses a request in the session of an account. */
    void dress(HttpRequest.Builder request, String referer, Credential credential) {
        all(referer, Optional.of(credential)).forEach(request::setHeader);
    }

    /**
     * Dresses the renewal of a session. It goes to another host of the same site, and is told "Invalid request header"
     * without these two (seen 2026-09); where it goes, not the owner, decides them. The dead token is left to the
     * cookies.
     */
    void dressRenewal(HttpRequest.Builder request, Credential credential) {
        Map<String, String> headers = all("/", Optional.of(credential));
        headers.remove("Authorization");
        headers.put("sec-fetch-site", "same-site");
        headers.put("x-request-origin", SITE);
        headers.forEach(request::setHeader);
    }

    private Map<String, String> all(String referer, Optional<Credential> credential) {
        var headers = new TreeMap<>(lasting);
        headers.put("Referer", SITE + referer);
        headers.put("x-request-id", UUID.randomUUID().toString());
        headers.put("timezone", BROWSER_TIME.format(ZonedDateTime.now(clock)));
        credential.ifPresent(session -> {
            if (!session.token().isEmpty()) {
                headers.put("Authorization", "Bearer " + session.token());
            }
            headers.put("Cookie", session.cookieHeader());
        });
        settings.extra().forEach((name, value) -> headers.put(name, value.reveal()));
        return headers;
    }

    private SortedMap<String, String> lasting() {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Accept", "application/json, text/plain, */*");
        headers.put("Accept-Language", "en-US,en;q=0.9");
        headers.put("Origin", SITE);
        headers.put("User-Agent", settings.userAgent());
        headers.put("source", "web");
        headers.put("version", settings.webVersion());
        headers.put("sec-fetch-dest", "empty");
        headers.put("sec-fetch-mode", "cors");
        headers.put("sec-fetch-site", "same-origin");
        clientHints(headers);
        return headers;
    }

    /** A Chrome that names itself sends its version a second time; any other browser sends none of these. */
    private void clientHints(Map<String, String> headers) {
        Matcher chrome = CHROME.matcher(settings.userAgent());
        if (chrome.find()) {
            String version = chrome.group(1);
            headers.put(
                    "sec-ch-ua",
                    "\"Chromium\";v=\"" + version + "\", \"Google Chrome\";v=\"" + version
                            + "\", \"Not?A_Brand\";v=\"24\"");
            headers.put("sec-ch-ua-mobile", settings.userAgent().contains("Mobile") ? "?1" : "?0");
            headers.put("sec-ch-ua-platform", "\"" + platform() + "\"");
        }
    }

    private String platform() {
        String agent = settings.userAgent();
        if (agent.contains("Windows")) {
            return "Windows";
        }
        if (agent.contains("Android")) {
            return "Android";
        }
        return agent.contains("Mac OS X") ? "macOS" : "Linux";
    }
}
