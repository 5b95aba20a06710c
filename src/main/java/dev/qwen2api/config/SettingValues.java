package dev.qwen2api.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The texts of all settings, read as numbers, words and paths. The file wins over the environment, even with a blank
 * value, which counts as not set. An invalid text is recorded as a problem and replaced by a valid value, so that
 * parsing continues and finds further problems. Not thread-safe.
 */
final class SettingValues {

    private static final int LONGEST_SHOWN = 80;
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
    private static final Pattern SCHEME = Pattern.compile("(?i)(?:https?|socks[45]?[ah]?|ftp|wss?)://");
    private static final long BYTES_PER_MB = 1024L * 1024L;
    static final Pattern CURLY = Pattern.compile("[\u2018-\u201F\u00AB\u00BB\uFF02\uFF07]");

    private final Map<SettingKey, String> texts = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    SettingValues(Map<String, String> file, Map<String, String> environment) {
        for (SettingKey key : SettingKey.values()) {
            Map<String, String> source = file.containsKey(key.name()) ? file : environment;
            String given = source.getOrDefault(key.name(), "").strip();
            String text = source == file ? given : unquoted(given);
            texts.put(key, text.isEmpty() ? key.fallback() : text);
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
        if (key.holdsUrls()) {
            Matcher scheme = SCHEME.matcher(text);
            return '"' + (scheme.lookingAt() ? scheme.group() : "") + "***\"";
        }
        int user = text.lastIndexOf('@');
        String safe = (user < 0 ? text : "***" + text.substring(user)).replaceAll("\\p{Cntrl}", "?");
        return '"' + (safe.length() > LONGEST_SHOWN ? safe.substring(0, LONGEST_SHOWN) + "…" : safe) + '"';
    }

    int integer(SettingKey key, int least, int most) {
        OptionalInt number = digits(text(key));
        if (number.isPresent() && number.getAsInt() >= least && number.getAsInt() <= most) {
            return number.getAsInt();
        }
        reject(key, "a whole number from " + least + " to " + most);
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
        return switch (text(key).toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> {
                reject(key, "true or false");
                yield false;
            }
        };
    }

    /** A word in any case that is the name of one of the {@code choices}. */
    <E extends Enum<E>> E choice(SettingKey key, E[] choices) {
        return choice(key, text(key), choices);
    }

    /** The same with a replacement for the given text. */
    <E extends Enum<E>> E choice(SettingKey key, String text, E[] choices) {
        for (E choice : choices) {
            if (choice.name().equalsIgnoreCase(text)) {
                return choice;
            }
        }
        boolean upper = key.fallback().equals(key.fallback().toUpperCase(Locale.ROOT));
        reject(
                key,
                Arrays.stream(choices)
                        .map(choice -> upper ? choice.name() : choice.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
        return choices[0];
    }

    Path path(SettingKey key) {
        try {
            return Path.of(text(key));
        } catch (InvalidPathException e) {
            reject(key, "a path in the file system");
            return Path.of(".");
        }
    }

    Optional<Secret> secret(SettingKey key) {
        String text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!isHeaderToken(text)) {
            reject(key, "printable ASCII without spaces");
        }
        return Optional.of(new Secret(text));
    }

    /** A text that must match as a whole. */
    String matching(SettingKey key, Pattern pattern, String allowed) {
        String text = text(key);
        if (!pattern.matcher(text).matches()) {
            reject(key, allowed);
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
