package dev.qwen2api.config;

import dev.qwen2api.config.SettingsParser.Origin;
import java.util.List;
import java.util.Map;

/**
 * New settings.
 *
 * @param settings all of them
 * @param changed names of the settings whose text is another than before, never empty
 * @param afterRestart those of the changed that the process reads only when it starts
 * @param origins where the value of every setting came from, by name
 * @param warnings one line each about what was odd in the file, without any secret
 */
public record SettingsChange(
        Settings settings,
        List<String> changed,
        List<String> afterRestart,
        Map<String, Origin> origins,
        List<String> warnings) {

    public SettingsChange {
        changed = List.copyOf(changed);
        afterRestart = List.copyOf(afterRestart);
        warnings = List.copyOf(warnings);
    }
}
