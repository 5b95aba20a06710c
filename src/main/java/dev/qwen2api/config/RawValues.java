package dev.qwen2api.config;

import dev.qwen2api.config.SettingsChange.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The texts of all settings with their origins, and the problems found while parsing them. The file wins over the
 * environment, even with a blank value, which counts as not set. Not thread-safe.
 */
final class RawValues {

    private static final int LONGEST_SHOWN = 80;
    static final Pattern CURLY = Pattern.compile("[\u2018-\u201F\u00AB\u00BB\uFF02\uFF07]");

    private final Map<SettingKey, String> texts = new LinkedHashMap<>();
    private final Map<String, Origin> origins = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    RawValues(Map<String, String> file, Map<String, String> environment) {
        for (SettingKey key : SettingKey.values()) {
            Map<String, String> source = file.containsKey(key.name()) ? file : environment;
            String given = source.getOrDefault(key.name(), "").strip();
            String text = source == file ? given : unquoted(given);
            texts.put(key, text.isEmpty() ? key.fallback() : text);
            Origin origin = source == file ? Origin.FILE : Origin.ENVIRONMENT;
            origins.put(key.name(), text.isEmpty() ? Origin.DEFAULT : origin);
        }
    }

    /** Removes one pair of quotes, which {@code docker run --env-file} leaves around a value. */
    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2
                && (text.startsWith("\"") && text.endsWith("\"") || text.startsWith("'") && text.endsWith("'"));
        return quoted ? text.substring(1, text.length() - 1).strip() : text;
    }

    /** Returns the text of a setting without white space around it; empty if it is neither set nor has a default. */
    String text(SettingKey key) {
        return texts.getOrDefault(key, "");
    }

    Map<String, Origin> origins() {
        return origins;
    }

    List<String> problems() {
        return problems;
    }

    /** Records that the value of {@code key} is invalid, in one line. */
    void reject(SettingKey key, String allowed) {
        problems.add(
                CURLY.matcher(text(key)).find()
                        ? key + " holds curly quotes (“ ”), as word processors and chats write them; "
                                + "put straight quotes (\" \") around the value, or none"
                        : key + "=" + shown(key) + " is not valid; allowed: " + allowed);
    }

    /** Records a problem; the line must not hold a secret. */
    void problem(String line) {
        problems.add(line);
    }

    private String shown(SettingKey key) {
        String text = text(key);
        if (key.secret()) {
            return new Secret(text).toString();
        }
        int user = text.lastIndexOf('@');
        String safe = (user < 0 ? text : "***" + text.substring(user)).replaceAll("\\p{Cntrl}", "?");
        return '"' + (safe.length() > LONGEST_SHOWN ? safe.substring(0, LONGEST_SHOWN) + "…" : safe) + '"';
    }
}
