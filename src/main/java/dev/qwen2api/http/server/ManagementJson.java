package dev.qwen2api.http.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.failure.Problem;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Prints the answers of the management routes below {@code /api/}. */
public final class ManagementJson {

    private static final JsonMapper JSON = new JsonMapper();
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter WALL_CLOCK = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private ManagementJson() {}

    /** Prints a refusal. */
    public static byte[] print(Problem problem) {
        return bytes(failure(problem.message()));
    }

    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    public static ObjectNode success() {
        return object().put("success", true);
    }

    public static ObjectNode failure(String error) {
        return object().put("success", false).put("error", error);
    }

    /** Sends an answer that no cache may keep. */
    public static void send(Context ctx, int status, ObjectNode body) {
        ctx.status(status)
                .header("Cache-Control", "no-store")
                .contentType("application/json")
                .result(bytes(body));
    }

    /** A moment, to the millisecond, such as {@code 2025-10-03T12:00:00.000Z}; null for none. */
    public static @Nullable String moment(Optional<Instant> at) {
        return at.map(MOMENT::format).orElse(null);
    }

    /** A local time, such as {@code 2025-10-10 12:00:00}; null for none. */
    public static @Nullable String wallClock(Optional<Instant> at, ZoneId zone) {
        return at.map(WALL_CLOCK.withZone(zone)::format).orElse(null);
    }

    private static byte[] bytes(ObjectNode body) {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }
}
