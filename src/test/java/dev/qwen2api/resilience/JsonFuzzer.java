package dev.qwen2api.resilience;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A body that was good once. */
final class JsonFuzzer {

    private static final List<String> POISON = List.of(
            "null",
            "[]",
            "{}",
            "-1",
            "1e999",
            "99999999999999999999999999999",
            "0.1",
            "true",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"../../etc/passwd\"",
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"file:///etc/passwd\"}}",
            "[[[[[[[[[[[[[[[[",
            "\"model\":\"qwen-max\",\"model\":7,",
            "\u0000",
            "//",
            "NaN");

    private JsonFuzzer() {}

    /** One to three changes of {@code seed}, chosen by {@code random}. */
    static byte[] of(String seed, Random random) {
        byte[] body = seed.getBytes(StandardCharsets.UTF_8);
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            body = body.length == 0 ? body : change(body, random);
        }
        return body;
    }

    private static byte[] change(byte[] body, Random random) {
        int at = random.nextInt(body.length);
        int to = Math.min(body.length, at + random.nextInt(20));
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(body, at);
            case 1 -> flipped(body, at, random);
            case 2 -> spliced(body, at, to, new byte[0]);
            case 3 -> spliced(body, to, to, Arrays.copyOfRange(body, at, to));
            case 4 -> spliced(body, at, at, "[".repeat(random.nextInt(5_000)).getBytes(StandardCharsets.UTF_8));
            case 5 -> spliced(body, at, at, new byte[] {(byte) (0x80 | random.nextInt(0x80))});
            default -> poisoned(body, at, random);
        };
    }

    private static byte[] flipped(byte[] body, int at, Random random) {
        byte[] other = body.clone();
        other[at] = (byte) random.nextInt(256);
        return other;
    }

    /** Puts something odd in the place of the value that begins after a colon, as far as it can be told. */
    private static byte[] poisoned(byte[] body, int from, Random random) {
        int colon = from;
        while (colon < body.length && body[colon] != ':') {
            colon++;
        }
        int end = Math.min(body.length, colon + 1);
        while (end < body.length && body[end] != ',' && body[end] != '}') {
            end++;
        }
        byte[] poison = POISON.get(random.nextInt(POISON.size())).getBytes(StandardCharsets.UTF_8);
        return spliced(body, Math.min(body.length, colon + 1), end, poison);
    }

    private static byte[] spliced(byte[] body, int from, int to, byte[] between) {
        var out = new ByteArrayOutputStream();
        out.write(body, 0, from);
        out.writeBytes(between);
        out.write(body, to, body.length - to);
        return out.toByteArray();
    }
}
