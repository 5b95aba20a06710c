package dev.qwen2api.upstream.qwen;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads {@code Set-Cookie} headers as changes to a jar; an empty value takes a cookie away. Where a cookie may be sent
 * is not looked at: the hosts of the service are one site, and share their cookies ({@code Domain=.qwen.ai}). Pure.
 */
final class SetCookieParser {

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
    private static final Pattern VALUE = Pattern.compile("[!-~&&[^;]]{0,4096}");
    private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,18}");

    private SetCookieParser() {}

    static Map<String, String> changes(HttpHeaders headers, Instant now) {
        var changes = new LinkedHashMap<String, String>();
        for (String line : headers.allValues("set-cookie")) {
            String[] parts = line.split(";", -1);
            int equals = parts[0].indexOf('=');
            String name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
            String value = parts[0].substring(equals + 1).strip();
            if (NAME.matcher(name).matches() && isValue(value)) {
                changes.put(name, over(parts, now) ? "" : value);
            }
        }
        return changes;
    }

    /** Whether a text can stand as the value of a cookie. */
    static boolean isValue(String text) {
        return VALUE.matcher(text).matches();
    }

    /** Whether the cookie is over at once; {@code Max-Age} wins over {@code Expires}. */
    private static boolean over(String[] parts, Instant now) {
        boolean over = false;
        for (String part : parts) {
            String attribute = part.strip().toLowerCase(Locale.ROOT);
            String value = part.substring(part.indexOf('=') + 1).strip();
            if (attribute.startsWith("max-age=") && SECONDS.matcher(value).matches()) {
                return Long.parseLong(value) <= 0;
            }
            if (attribute.startsWith("expires=")) {
                over = past(value, now);
            }
        }
        return over;
    }

    /** Dates come with blanks, or as Netscape wrote them, with dashes. */
    private static boolean past(String date, Instant now) {
        try {
            return !ZonedDateTime.parse(date.replace('-', ' '), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .isAfter(now);
        } catch (DateTimeException unreadable) {
            return false;
        }
    }
}
