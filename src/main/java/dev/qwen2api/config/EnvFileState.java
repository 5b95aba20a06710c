package dev.qwen2api.config;

import dev.qwen2api.config.EnvFile.ContentDigest;
import dev.qwen2api.config.EnvFile.Parsed;
import dev.qwen2api.config.EnvFile.Reading;
import dev.qwen2api.config.EnvFile.Unusable;
import dev.qwen2api.config.SettingsParser.Accepted;
import dev.qwen2api.config.SettingsParser.Outcome;
import dev.qwen2api.config.SettingsParser.Rejected;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Compares new readings of the file with the applied one. Not thread-safe. */
final class EnvFileState {

    private final Map<String, String> environment;
    private Map<String, String> values;
    private ContentDigest applied;
    private String seen;

    /**
     * @param environment the process environment
     * @param initial the reading that the current settings came from; an unusable one counts as an empty file
     */
    EnvFileState(Map<String, String> environment, Reading initial) {
        this.environment = environment;
        this.values = initial instanceof Parsed parsed ? parsed.values() : Map.of();
        this.applied = initial instanceof Parsed parsed ? parsed.content() : ContentDigest.NONE;
        this.seen = mark(initial);
    }

    sealed interface Verdict permits Same, Equivalent, Invalid, Changed {}

    /** The file is byte for byte the applied one. */
    record Same() implements Verdict {}

    /** Only comments, order or quotes differ. */
    record Equivalent(Parsed parsed, List<String> warnings) implements Verdict {}

    /** The file is invalid; one line per problem. */
    record Invalid(List<String> problems) implements Verdict {}

    record Changed(Parsed parsed, SettingsChange change) implements Verdict {}

    /** Whether the last compared reading was the same. */
    boolean hasSeen(Reading reading) {
        return seen.equals(mark(reading));
    }

    Verdict compare(Reading reading) {
        seen = mark(reading);
        if (reading instanceof Unusable unusable) {
            return new Invalid(List.of(".env " + unusable.message()));
        }
        Parsed parsed = (Parsed) reading;
        if (parsed.content().equals(applied)) {
            return new Same();
        }
        Outcome outcome = SettingsParser.parse(parsed.values(), environment);
        return outcome instanceof Rejected rejected
                ? new Invalid(rejected.problems())
                : difference(parsed, (Accepted) outcome);
    }

    void apply(Parsed parsed) {
        values = parsed.values();
        applied = parsed.content();
    }

    private Verdict difference(Parsed parsed, Accepted accepted) {
        var before = new RawValues(values, environment);
        var after = new RawValues(parsed.values(), environment);
        List<SettingKey> changed = Arrays.stream(SettingKey.values())
                .filter(key -> !after.text(key).equals(before.text(key)))
                .toList();
        List<String> warnings = Stream.concat(parsed.warnings().stream(), accepted.warnings().stream())
                .toList();
        return changed.isEmpty()
                ? new Equivalent(parsed, warnings)
                : new Changed(
                        parsed,
                        new SettingsChange(
                                accepted.settings(),
                                names(changed, key -> true),
                                names(changed, SettingKey::needsRestart),
                                accepted.origins(),
                                warnings));
    }

    private static List<String> names(List<SettingKey> keys, Predicate<SettingKey> which) {
        return keys.stream().filter(which).map(Enum::name).toList();
    }

    /** Returns equal texts for readings with the same content and message. */
    static String mark(Reading reading) {
        return reading instanceof Unusable unusable
                ? unusable.reason() + " " + unusable.content().sha256()
                : ((Parsed) reading).content().sha256();
    }
}
