package dev.qwen2api.config;

import java.util.List;
import java.util.Map;

/**
 * Changed settings.
 *
 * @param settings all settings
 * @param changed names of the settings with a new text, never empty
 * @param afterRestart names of those that take effect only after a restart
 * @param origins the origin of every setting, by name
 * @param warnings one line each about what is odd in the file, without secrets
 */
public record SettingsChange(
        Settings settings,
        List<String> changed,
        List<String> afterRestart,
        Map<String, Origin> origins,
        List<String> warnings) {

    /** Where the value of a setting came from. */
    public enum Origin {
        FILE,
        ENVIRONMENT,
        DEFAULT
    }

    public SettingsChange {
        changed = List.copyOf(changed);
        afterRestart = List.copyOf(afterRestart);
        warnings = List.copyOf(warnings);
    }
}
