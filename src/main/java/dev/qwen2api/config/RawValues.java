package dev.qwen2api.config;

import dev.qwen2api.config.SettingsParser.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts of all settings with where each came from, and the problems found while they were read. The file wins over
 * the environment, even with a blank value: that is how a setting is taken back. A blank value then counts as not set.
 *
 * <p>One use, one thread.
 */
final class RawValues {

    private static final int LONGEST_SHOWN = 80;

    private final Map<SettingKey, String> texts = new LinkedHashMap<>();
    private final Map<String, Origin> origins = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    RawValues(Map<String, String> file, Map<String, String> environment) {
        for (SettingKey key : SettingKey.values()) {
            Map<String, String> source = file.containsKey(key.name()) ? file : environment;
            String text = source.getOrDefault(key.name(), "").strip();
            texts.put(key, text.isEmpty() ? key.fallback() : text);
            Origin given = source == file ? Origin.FILE : Origin.ENVIRONMENT;
            origins.put(key.name(), text.isEmpty() ? Origin.DEFAULT : given);
        }
    }

    /** The text of a setting without white space around it; empty where it is neither set nor has a default. */
    String text(SettingKey key) {
        return texts.getOrDefault(key, "");
    }

    Map<String, Origin> origins() {
        return origins;
    }

    List<String> problems() {
        return problems;
    }

    /** Notes that the value of {@code key} cannot be used, in one line. */
    void reject(SettingKey key, String allowed) {
        problems.add(key + "=" + shown(key) + " is not valid; allowed: " + allowed);
    }

    /** Notes a problem whose line says all there is to say, and no secret. */
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
