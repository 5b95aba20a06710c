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

/** Looks at {@code .env}: whether it can be read, what it says, who else may read it, and how it got into a container. */
public final class SettingsCheck implements Check {

    private static final String SUBJECT = ".env";
    private static final String NO_START = ", so the gateway does not start";
    private static final Pattern VALUE = Pattern.compile("(?s)^([A-Z_]+)=.* is not valid; allowed: ");
    private static final Pattern LONG_NAME = Pattern.compile("[A-Za-z0-9_]{41,}");

    private final Path file;
    private final EnvFile.Reading reading;
    private final SettingsParser.Outcome outcome;
    private final FileMount mount;

    /**
     * @param mountTable {@code /proc/self/mountinfo}
     */
    public SettingsCheck(Path file, EnvFile.Reading reading, Map<String, String> environment, Path mountTable) {
        this.file = file;
        this.reading = reading;
        this.outcome = SettingsParser.parse(
                reading instanceof EnvFile.Parsed parsed ? parsed.values() : Map.of(), environment);
        this.mount = new FileMount(file, mountTable);
    }

    /** What the settings come to. */
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
            parsed.warnings().forEach(odd -> found.add(Finding.warning(SUBJECT, shortened(odd), "correct that line")));
            found.addAll(FilePermissions.of(file, SUBJECT));
        }
        if (outcome instanceof SettingsParser.Rejected rejected) {
            rejected.problems().forEach(problem -> found.add(problem(problem)));
        } else if (outcome instanceof SettingsParser.Accepted accepted) {
            accepted.warnings().forEach(odd -> found.add(warning(odd)));
        }
        found.addAll(mounted());
        if (found.isEmpty()) {
            found.add(Finding.ok(SUBJECT, "well-formed, known keys, closed to others"));
        }
        return found;
    }

    private static Finding unusable(EnvFile.Unusable unusable) {
        Message message = Message.of(unusable.message());
        return switch (unusable.reason()) {
            case MISSING, EMPTY ->
                Finding.warning(
                        SUBJECT,
                        "the file " + message.what(),
                        message.todo("fill it in") + ", or set everything in the environment");
            case DIRECTORY, UNREADABLE, TOO_LARGE, NOT_UTF8 ->
                Finding.error(SUBJECT, "the file " + message.what() + NO_START, message.todo("correct the file"));
            case MALFORMED -> Finding.error(SUBJECT, message.what() + NO_START, message.todo("correct that line"));
        };
    }

    /** What was written there may be a password in the wrong place, so it is not shown. */
    private static Finding problem(String problem) {
        Message message = Message.of(VALUE.matcher(problem).replaceFirst("$1 is not valid; allowed: "));
        return Finding.error(SUBJECT, message.what() + NO_START, message.todo("correct it"));
    }

    private static Finding warning(String odd) {
        Message message = Message.of(odd);
        return Finding.warning(SUBJECT, message.what(), message.todo("take it out, or see .env.example"));
    }

    /** What is wrong, and what to do about it where that was said, which comes after a semicolon. */
    private record Message(String what, Optional<String> advice) {

        static Message of(String text) {
            String[] parts = shortened(text).split("; ", 2);
            return new Message(parts[0], parts.length > 1 ? Optional.of(parts[1]) : Optional.empty());
        }

        String todo(String otherwise) {
            return advice.orElse(otherwise);
        }
    }

    /** A name that long is no name but part of a value that was torn apart. */
    private static String shortened(String text) {
        return LONG_NAME.matcher(text).replaceAll("(a long name)");
    }

    private List<Finding> mounted() {
        if (mount.isStale()) {
            return List.of(Finding.error(
                    SUBJECT,
                    "the host has put another file in its place, which this container cannot see",
                    "restart the container, and mount the folder instead of the file"));
        }
        return mount.isMountPoint()
                ? List.of(Finding.warning(
                        SUBJECT,
                        "it is mounted by itself, so a save that replaces the file stays unseen in here",
                        "mount its folder and point ENV_FILE into it, as docker-compose.yml does"))
                : List.of();
    }
}
