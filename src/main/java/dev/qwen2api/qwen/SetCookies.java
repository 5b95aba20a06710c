package dev.qwen2api.qwen;

import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads {@code Set-Cookie} headers as changes to a jar. Where a cookie may be sent is not looked at: it goes back where it came from. */
final class SetCookies {

    private SetCookies() {}

    static Map<String, String> changes(HttpHeaders headers) {
        var changes = new LinkedHashMap<String, String>();
        for (String line : headers.allValues("set-cookie")) {
            String[] parts = line.split(";", -1);
            int equals = parts[0].indexOf('=');
            String name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
            if (name.matches("[!-~&&[^()<>@,;:\\\\\"/\\[\\]?={}]]+")) {
                String value = parts[0].substring(equals + 1).strip();
                changes.put(name, removes(line) || !value.matches("[ -~]*") ? "" : value);
            }
        }
        return changes;
    }

    private static boolean removes(String line) {
        String lower = line.toLowerCase(Locale.ROOT).replace(" ", "");
        return lower.contains(";max-age=0") || lower.contains(";max-age=-") || lower.contains("expires=thu,01jan1970");
    }
}
