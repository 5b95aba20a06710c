package dev.qwen2api.http.server;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Gives every request an id, so that a client's report can be found in the log; a client may send its own. */
public final class RequestIds implements Handler {

    static final String HEADER = "x-request-id";
    /** Where Anthropic's clients look for it. */
    private static final String ALSO = "request-id";

    private static final Pattern ACCEPTABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Override
    public void handle(Context ctx) {
        String id = acceptable(ctx.header(HEADER));
        ctx.attribute(AccessLog.ID, id);
        ctx.header(HEADER, id).header(ALSO, id);
    }

    private static String acceptable(@Nullable String brought) {
        return brought != null && ACCEPTABLE.matcher(brought).matches()
                ? brought
                : UUID.randomUUID().toString();
    }

    /** The name that the request got. */
    public static String of(Context ctx) {
        String id = ctx.attribute(AccessLog.ID);
        return id == null ? "unnamed" : id;
    }
}
