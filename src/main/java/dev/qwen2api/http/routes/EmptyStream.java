package dev.qwen2api.http.routes;

import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.RequestLimiter;
import dev.qwen2api.http.server.RouteAccess;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream like those of answers, but of nothing, so that whoever runs the gateway can see what a proxy in front makes of
 * streams without spending a message: some pieces in quick succession, one long silence, one last piece. It takes a key, since it
 * holds a place for as long as it lasts. Thread-safe.
 */
public final class EmptyStream implements Routes {

    public static final String PATH = "/healthz/stream";

    private static final int PIECES = 4;
    private static final long BETWEEN = 250;
    /** How often the client is looked after, in milliseconds. */
    private static final long SLICE = 250;

    private static final int LONGEST_SILENCE = 120;

    private final RouteSupport desk;

    public EmptyStream(RouteSupport desk) {
        this.desk = desk;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.get(PATH, this::stream, RouteAccess.CLIENT);
    }

    private void stream(Context ctx) {
        int silence = silence(ctx.queryParam("silence"));
        var out = new ClientOutput(ctx, desk);
        out.begin(ClientOutput.EVENT_STREAM);
        try (RequestLimiter.Mark answering = desk.traffic().answering()) {
            tell(out, silence);
        } catch (ClientGoneException gone) {
            // Nobody waits for the rest.
        } catch (InterruptedException stopped) {
            out.end();
        } finally {
            Thread.interrupted();
        }
    }

    private static void tell(ClientOutput out, int silence) throws InterruptedException {
        for (int i = 1; i <= PIECES; i++) {
            send(out, Integer.toString(i));
            pause(out, BETWEEN);
        }
        pause(out, TimeUnit.SECONDS.toMillis(silence));
        send(out, "[DONE]");
        out.end();
    }

    private static int silence(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > LONGEST_SILENCE) {
            throw Problem.invalid("silence", "'silence' is a number of seconds from 0 to " + LONGEST_SILENCE + ".")
                    .toException();
        }
        return Integer.parseInt(text);
    }

    private static void send(ClientOutput out, String data) {
        var buffer = new ByteArrayOutputStream();
        buffer.writeBytes(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.send(buffer);
    }

    private static void pause(ClientOutput out, long millis) throws InterruptedException {
        for (long left = millis; left > 0 && !out.clientGone(); left -= SLICE) {
            TimeUnit.MILLISECONDS.sleep(Math.min(left, SLICE));
        }
    }
}
