package dev.qwen2api.ops.doctor;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.FileMount;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.ops.doctor.Finding.Grade;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks {@code .env}: syntax, settings, permissions, and how it is mounted into a container. */
public final class SettingsCheck implements Doctor.Check {

    private static final String SUBJECT = ".env";
    private static final String NO_START = ", so the gateway does not start";
    private static final Pattern VALUE = Pattern.compile("(?s)^([A-Z_]+)=.* is not valid; allowed: ");
    private static final Pattern LONG_NAME = Pattern.compile("[A-Za-z0-9_]{41,}");

    private final Path file;
    private final EnvFile.Reading reading;
    private final SettingsParser.Outcome outcome;
    private final FileMount mount;

    /** @param mountTable {@code /proc/self/mountinfo} */
    public SettingsCheck(Path file, EnvFile.Reading reading, Map<String, String> environment, Path mountTable) {
        this.file = file;
        this.reading = reading;
        this.outcome = SettingsParser.parse(reading, environment);
        this.mount = new FileMount(file, mountTable);
    }

    public SettingsParser.Outcome outcome() {
        return outcome;
    }

    @Override
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        if (reading instanceof EnvFile.Unusable unusable) {
            Finding whole = unusable(unusable);
            found.add(whole);
            if (whole.grade() == Grade.ERROR) {
                return found;
            }
        } else if (reading instanceof EnvFile.Parsed parsed) {
            parsed.warnings()
                    .forEach(warning -> found.add(Finding.warning(SUBJECT, shortened(warning), "correct that line")));
            found.addAll(FilePermissions.of(file, SUBJECT));
        }
        if (outcome instanceof SettingsParser.Rejected rejected) {
            rejected.problems().forEach(problem -> found.add(problem(problem)));
        } else if (outcome instanceof SettingsParser.Accepted accepted) {
            accepted.warnings().forEach(warning -> found.add(warning(warning)));
        }
        found.addAll(mounted());
        if (found.isEmpty()) {
            found.add(Finding.ok(SUBJECT, "well-formed, known keys, closed to others"));
        }
        return found;
    }

    private static Finding unusable(EnvFile.Unusable unusable) {
        Advice split = Advice.of(unusable.message());
        return switch (unusable.reason()) {
            case MISSING, EMPTY ->
                Finding.warning(
                        SUBJECT,
                        "the file " + split.what(),
                        split.orElse("fill it in") + ", or set everything in the environment");
            case DIRECTORY, UNREADABLE, TOO_LARGE, NOT_UTF8 ->
                Finding.error(SUBJECT, "the file " + split.what() + NO_START, split.orElse("correct the file"));
            case MALFORMED -> Finding.error(SUBJECT, split.what() + NO_START, split.orElse("correct that line"));
        };
    }

    /** The value may be a misplaced password, so it is removed. */
    private static Finding problem(String problem) {
        Advice split = Advice.of(VALUE.matcher(problem).replaceFirst("$1 is not valid; allowed: "));
        return Finding.error(SUBJECT, split.what() + NO_START, split.orElse("correct it"));
    }

    private static Finding warning(String text) {
        Advice split = Advice.of(text);
        return Finding.warning(SUBJECT, split.what(), split.orElse("remove it, or see .env.example"));
    }

    /** A message split at its semicolon into the fault and the advice. */
    private record Advice(String what, Optional<String> advice) {

        static Advice of(String text) {
            String[] parts = shortened(text).split("; ", 2);
            return new Advice(parts[0], parts.length > 1 ? Optional.of(parts[1]) : Optional.empty());
        }

        String orElse(String otherwise) {
            return advice.orElse(otherwise);
        }
    }

    /** An overlong name may be a fragment of a value. */
    private static String shortened(String text) {
        return LONG_NAME.matcher(text).replaceAll("(a long name)");
    }

    private List<Finding> mounted() {
        if (mount.isStale()) {
            return List.of(Finding.error(
                    SUBJECT,
                    "the host has replaced it, which this container cannot see",
                    "restart the container, and mount the folder instead of the file"));
        }
        return mount.isMountPoint()
                ? List.of(Finding.warning(
                        SUBJECT,
                        "it is mounted as a single file, so a save that replaces the file is not seen here",
                        "mount its folder and point ENV_FILE into it, as docker-compose.yml does"))
                : List.of();
    }
}
