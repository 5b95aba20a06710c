package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Credential;
import dev.qwen2api.config.Settings;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
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

    /** A second as the browser writes it. */
    private record Second(long epoch, String text) {}

    private final Settings.Headers settings;
    private final Clock clock;

    /** What is the same in every request: to copy it is cheaper than to check a dozen headers each time. */
    private final HttpRequest.Builder lasting = HttpRequest.newBuilder();

    private volatile Second latest = new Second(Long.MIN_VALUE, "");

    QwenHeaders(Settings.Headers settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        setLasting();
    }

    /** A request that needs no account. */
    HttpRequest.Builder request(URI address, String referer) {
        return withExtra(begun(address, referer));
    }

    /** A request in the session of an account. */
    HttpRequest.Builder request(URI address, String referer, Credential credential) {
        HttpRequest.Builder request = begun(address, referer).setHeader("Cookie", credential.cookieHeader());
        if (!credential.token().isEmpty()) {
            request.setHeader("Authorization", "Bearer " + credential.token());
        }
        return withExtra(request);
    }

    private HttpRequest.Builder withExtra(HttpRequest.Builder request) {
        settings.extra().forEach((name, value) -> request.setHeader(name, value.reveal()));
        return request;
    }

    /**
     * The renewal of a session. It goes to another host of the same site, and is told "Invalid request header" without
     * these two (seen 2026-09); where it goes, not the owner, decides them. The dead token is left to the cookies.
     */
    HttpRequest.Builder renewal(URI address, Credential credential) {
        HttpRequest.Builder request = begun(address, "/").setHeader("Cookie", credential.cookieHeader());
        settings.extra().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Authorization")) {
                request.setHeader(name, value.reveal());
            }
        });
        return request.setHeader("sec-fetch-site", "same-site").setHeader("x-request-origin", SITE);
    }

    private HttpRequest.Builder begun(URI address, String referer) {
        return lasting.copy()
                .uri(address)
                .setHeader("Referer", SITE + referer)
                .setHeader("x-request-id", UUID.randomUUID().toString())
                .setHeader("timezone", browserTime());
    }

    private String browserTime() {
        ZonedDateTime now = ZonedDateTime.now(clock);
        Second second = latest;
        if (second.epoch() != now.toEpochSecond()) {
            second = new Second(now.toEpochSecond(), BROWSER_TIME.format(now));
            latest = second;
        }
        return second.text();
    }

    private void setLasting() {
        lasting.setHeader("Accept", "application/json, text/plain, */*");
        lasting.setHeader("Accept-Language", "en-US,en;q=0.9");
        lasting.setHeader("Origin", SITE);
        lasting.setHeader("User-Agent", settings.userAgent());
        lasting.setHeader("source", "web");
        lasting.setHeader("version", settings.webVersion());
        lasting.setHeader("sec-fetch-dest", "empty");
        lasting.setHeader("sec-fetch-mode", "cors");
        lasting.setHeader("sec-fetch-site", "same-origin");
        setClientHints();
    }

    /** A Chrome that names itself sends its version a second time; any other browser sends none of these. */
    private void setClientHints() {
        Matcher chrome = CHROME.matcher(settings.userAgent());
        if (chrome.find()) {
            String version = chrome.group(1);
            lasting.setHeader(
                    "sec-ch-ua",
                    "\"Chromium\";v=\"" + version + "\", \"Google Chrome\";v=\"" + version
                            + "\", \"Not?A_Brand\";v=\"24\"");
            lasting.setHeader("sec-ch-ua-mobile", settings.userAgent().contains("Mobile") ? "?1" : "?0");
            lasting.setHeader("sec-ch-ua-platform", "\"" + platform() + "\"");
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
