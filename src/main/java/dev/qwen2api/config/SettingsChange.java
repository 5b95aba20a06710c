package dev.qwen2api.config;

import dev.qwen2api.config.SettingsParser.Origin;
import java.util.List;
import java.util.Map;

/**
 * New settings.
 *
 * @param settings all of them
 * @param changed names of the settings whose text is another than before, never empty
 * @param origins where the value of every setting came from, by name
 * @param warnings one line each about what was odd in the file, without any secret
 */
public record SettingsChange(
        Settings settings, List<String> changed, Map<String, Origin> origins, List<String> warnings) {

    public SettingsChange {
        changed = List.copyOf(changed);
        warnings = List.copyOf(warnings);
    }
}
