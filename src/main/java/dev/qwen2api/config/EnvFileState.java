package dev.qwen2api.config;

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

/**
 * What is in force, and what a new reading of the file would mean against it. Knows no file, no thread and no log.
 *
 * <p>Not thread-safe.
 */
final class EnvFileState {

    private final Map<String, String> environment;
    private Map<String, String> values;
    private ContentDigest applied;
    private String seen;

    /**
     * @param environment the process environment
     * @param inForce the reading from which the settings in force were made; an unusable one counts as an empty file
     */
    EnvFileState(Map<String, String> environment, Reading inForce) {
        this.environment = environment;
        this.values = inForce instanceof Parsed parsed ? parsed.values() : Map.of();
        this.applied = inForce instanceof Parsed parsed ? parsed.content() : ContentDigest.NONE;
        this.seen = mark(inForce);
    }

    /** What a reading means. */
    sealed interface Verdict permits Same, NoSetting, Bad, Better {}

    /** The bytes that are in force. */
    record Same() implements Verdict {}

    /** Other bytes that say the same: a comment, an order, quotes. */
    record NoSetting(Parsed parsed, List<String> warnings) implements Verdict {}

    /** Nothing to put in force, one line per problem. */
    record Bad(List<String> problems) implements Verdict {}

    /** Something to put in force. */
    record Better(Parsed parsed, SettingsChange change) implements Verdict {}

    /** Whether the same was read the last time {@link #judge} was asked. */
    boolean hasSeen(Reading reading) {
        return seen.equals(mark(reading));
    }

    Verdict judge(Reading reading) {
        seen = mark(reading);
        if (reading instanceof Unusable unusable) {
            return new Bad(List.of(".env " + unusable.message()));
        }
        Parsed parsed = (Parsed) reading;
        if (parsed.content().equals(applied)) {
            return new Same();
        }
        Outcome outcome = SettingsParser.parse(parsed.values(), environment);
        return outcome instanceof Rejected rejected
                ? new Bad(rejected.problems())
                : compare(parsed, (Accepted) outcome);
    }

    /** Notes that what was read is in force now. */
    void apply(Parsed parsed) {
        values = parsed.values();
        applied = parsed.content();
    }

    private Verdict compare(Parsed parsed, Accepted accepted) {
        var before = new RawValues(values, environment);
        var after = new RawValues(parsed.values(), environment);
        List<SettingKey> changed = Arrays.stream(SettingKey.values())
                .filter(key -> !after.text(key).equals(before.text(key)))
                .toList();
        List<String> warnings = Stream.concat(parsed.warnings().stream(), accepted.warnings().stream())
                .toList();
        return changed.isEmpty()
                ? new NoSetting(parsed, warnings)
                : new Better(
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

    /** Equal for readings that mean the same and lead to the same message. */
    static String mark(Reading reading) {
        return reading instanceof Unusable unusable
                ? unusable.reason() + " " + unusable.content().sha256()
                : ((Parsed) reading).content().sha256();
    }
}
