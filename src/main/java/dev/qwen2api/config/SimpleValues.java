package dev.qwen2api.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Parses settings that are a number, a word or a path. An invalid one is recorded as a problem and replaced by a valid
 * value, so that parsing continues and finds further problems.
 */
final class SimpleValues {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
    private static final long BYTES_PER_MB = 1024L * 1024L;

    private final RawValues raw;

    SimpleValues(RawValues raw) {
        this.raw = raw;
    }

    int integer(SettingKey key, int least, int most) {
        OptionalInt number = digits(raw.text(key));
        if (number.isPresent() && number.getAsInt() >= least && number.getAsInt() <= most) {
            return number.getAsInt();
        }
        raw.reject(key, "a whole number from " + least + " to " + most);
        return least;
    }

    Duration seconds(SettingKey key, int least, int most) {
        return Duration.ofSeconds(integer(key, least, most));
    }

    Duration millis(SettingKey key, int least, int most) {
        return Duration.ofMillis(integer(key, least, most));
    }

    long megabytes(SettingKey key, int least, int most) {
        return integer(key, least, most) * BYTES_PER_MB;
    }

    boolean flag(SettingKey key) {
        return switch (raw.text(key).toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> {
                raw.reject(key, "true or false");
                yield false;
            }
        };
    }

    /** A word in any case that is the name of one of the {@code choices}. */
    <E extends Enum<E>> E choice(SettingKey key, E[] choices) {
        return choice(key, raw.text(key), choices);
    }

    /** The same with a replacement for the given text. */
    <E extends Enum<E>> E choice(SettingKey key, String text, E[] choices) {
        for (E choice : choices) {
            if (choice.name().equalsIgnoreCase(text)) {
                return choice;
            }
        }
        boolean upper = key.fallback().equals(key.fallback().toUpperCase(Locale.ROOT));
        raw.reject(
                key,
                Arrays.stream(choices)
                        .map(choice -> upper ? choice.name() : choice.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
        return choices[0];
    }

    Path path(SettingKey key) {
        try {
            return Path.of(raw.text(key));
        } catch (InvalidPathException e) {
            raw.reject(key, "a path in the file system");
            return Path.of(".");
        }
    }

    Optional<Secret> secret(SettingKey key) {
        String text = raw.text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!isHeaderToken(text)) {
            raw.reject(key, "printable ASCII without spaces");
        }
        return Optional.of(new Secret(text));
    }

    /** A text that must match as a whole. */
    String matching(SettingKey key, Pattern pattern, String allowed) {
        String text = raw.text(key);
        if (!pattern.matcher(text).matches()) {
            raw.reject(key, allowed);
        }
        return text;
    }

    /** Whether a key can be sent as a bearer token. */
    static boolean isHeaderToken(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static OptionalInt digits(String text) {
        return DIGITS.matcher(text).matches() ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
