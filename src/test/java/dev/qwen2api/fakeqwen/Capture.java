package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * A recorded reply of the service, from {@code src/test/resources/captures}. The name's ending decides the content
 * type; leading lines that begin with {@code #} name date and source and are not played.
 */
public final class Capture {

    private Capture() {}

    /** The reply as the service sends it. */
    public static Reply reply(String name) {
        String type = name.endsWith(".sse")
                ? "text/event-stream; charset=utf-8"
                : name.endsWith(".html") ? "text/html; charset=utf-8" : "application/json";
        return Reply.of(200, type, text(name));
    }

    /** The bytes of the reply, without date and source. */
    public static String text(String name) {
        String all = read(name);
        if (!all.startsWith("# 20")) {
            throw new IllegalArgumentException(name + " does not begin with its date and source");
        }
        return all.lines().dropWhile(line -> line.startsWith("#")).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String read(String name) {
        try (InputStream in = Capture.class.getResourceAsStream("/captures/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no capture " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
