package dev.qwen2api.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces one cookie of {@code QWEN_COOKIES} inside {@code .env}; every other byte of the file stays. A candidate text
 * is parsed before it is written, and used only if it differs from the file in that cookie alone.
 */
final class EnvFileEditor {

    private static final String COOKIES = SettingKey.QWEN_COOKIES.name();
    private static final Pattern ENTRY = Pattern.compile("(?m)^[\\s\uFEFF]*(?:export\\s+)?" + COOKIES + "[ \\t]*=");
    private static final String TOKEN = "token=";

    private EnvFileEditor() {}

    /**
     * Replaces cookie {@code num}, counted from 1, by writing a new file and renaming it. Mode, owner and links stay.
     *
     * @param before the present text of the cookie, as {@link CookieList} has it
     * @return false if the file does not hold it or cannot be written; it is then unchanged
     */
    static boolean replaceCookie(Path file, int num, String before, String after) {
        try {
            Path real = file.toRealPath();
            byte[] bytes = Files.readAllBytes(real);
            Optional<String> edited = edit(new String(bytes, StandardCharsets.UTF_8), num, before, after);
            return edited.isPresent() && write(real, bytes, edited.get().getBytes(StandardCharsets.UTF_8));
        } catch (IOException | UnsupportedOperationException unwritable) {
            return false;
        }
    }

    /** Returns the text with the cookie replaced; empty if no way to write it leaves the rest as it is. */
    static Optional<String> edit(String text, int num, String before, String after) {
        if (before.isEmpty()) {
            return Optional.empty();
        }
        for (int start : entries(text)) {
            for (int from = start; from < text.length(); from++) {
                for (String spelled : spellings(before)) {
                    int end = end(text, from, spelled);
                    for (String written : end < 0 ? List.<String>of() : quotings(after)) {
                        String candidate = text.substring(0, from) + written + text.substring(end);
                        if (isReplacement(text, candidate, num, before, after)) {
                            return Optional.of(candidate);
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Where the values of the setting begin, the last one first, because it counts. */
    private static List<Integer> entries(String text) {
        var starts = new ArrayList<Integer>();
        Matcher entry = ENTRY.matcher(text);
        while (entry.find()) {
            starts.add(0, entry.end());
        }
        return starts;
    }

    /** A bare token stands in the file without its name. */
    private static List<String> spellings(String cookie) {
        return cookie.startsWith(TOKEN) ? List.of(cookie, cookie.substring(TOKEN.length())) : List.of(cookie);
    }

    private static List<String> quotings(String cookie) {
        return List.of(cookie, cookie.replace("\"", "\\\""));
    }

    /**
     * Returns where {@code cookie} ends that begins at {@code from}, or -1. Line breaks, quotes and spaces that {@link
     * CookieList} removes may stand between its characters.
     */
    private static int end(String text, int from, String cookie) {
        int at = from;
        int next = 0;
        while (next < cookie.length() && at < text.length()) {
            char written = text.charAt(at);
            char wanted = cookie.charAt(next);
            if (written == wanted || written == '\uFF1B' && wanted == ';') {
                at++;
                next++;
            } else if (at > from && (Character.isWhitespace(written) || "\\\"'".indexOf(written) >= 0)) {
                at++;
            } else if (next > 0 && (wanted == ';' || wanted == ' ')) {
                next++;
            } else {
                return -1;
            }
        }
        return next == cookie.length() ? at : -1;
    }

    /**
     * Whether {@code candidate} parses to the settings of {@code text} but for cookie {@code num}, which is {@code
     * after}.
     */
    private static boolean isReplacement(String text, String candidate, int num, String before, String after) {
        if (!(parse(text) instanceof EnvFile.Parsed old) || !(parse(candidate) instanceof EnvFile.Parsed fresh)) {
            return false;
        }
        List<Secret> expected = new ArrayList<>(cookies(old.values()));
        if (num > expected.size() || !expected.get(num - 1).reveal().equals(before)) {
            return false;
        }
        expected.set(num - 1, new Secret(after));
        return old.values().keySet().equals(fresh.values().keySet())
                && old.values().entrySet().stream()
                        .filter(entry -> !entry.getKey().equals(COOKIES))
                        .allMatch(
                                entry -> entry.getValue().equals(fresh.values().get(entry.getKey())))
                && cookies(fresh.values()).equals(expected);
    }

    private static EnvFile.Reading parse(String text) {
        return EnvFile.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Secret> cookies(Map<String, String> values) {
        return CookieList.parse(values.getOrDefault(COOKIES, "").strip()).cookies();
    }

    private static boolean write(Path file, byte[] before, byte[] after) throws IOException {
        if (Arrays.equals(before, after)) {
            return true;
        }
        if (!Files.isWritable(file)) {
            throw new AccessDeniedException(file.toString());
        }
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
        Path next = PrivateFile.writeEnv(file, after);
        try {
            own(next, attributes);
            if (!Arrays.equals(before, Files.readAllBytes(file))) {
                return false;
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** Gives the new file the owner, group and mode of the old one. */
    private static void own(Path next, PosixFileAttributes old) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
        PosixFileAttributes now = view.readAttributes();
        if (!now.owner().equals(old.owner())) {
            view.setOwner(old.owner());
        }
        if (!now.group().equals(old.group())) {
            view.setGroup(old.group());
        }
        view.setPermissions(old.permissions());
    }
}
