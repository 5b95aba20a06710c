package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.Routes.RouteAccess;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.security.RouteRole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Authenticates requests: compares the key of a request with the access that its route requires, before the body is
 * read. Thread-safe; the keys may be replaced while requests run.
 */
public final class ApiKeys implements Handler {

    /** The fingerprint of the key that opened the route. */
    private static final String KEY = "qwen2api.key";

    /** The only paths that take a key in the query. */
    private static final String GOOGLE = "/v1beta/";

    private static final String SCHEME = "Bearer ";
    private static final String HOW = " Send it as 'Authorization: Bearer <key>' or as 'x-api-key: <key>'.";

    private final WrongKeys wrongKeys;
    private volatile KeySet keys;

    public ApiKeys(KeySet keys) {
        this(keys, System::nanoTime);
    }

    ApiKeys(KeySet keys, LongSupplier nanoTime) {
        this.keys = keys;
        this.wrongKeys = new WrongKeys(nanoTime);
    }

    /** Replaces the keys, for every request that has not been checked yet. */
    public void replace(KeySet next) {
        keys = next;
    }

    /**
     * The rights of one key that a client presents.
     *
     * @throws ProblemException 429, when too many wrong keys came from the client's address
     */
    public KeySet.Grant grant(Context ctx, String key) {
        KeySet.Grant grant = keys.grant(key);
        String address = ctx.req().getRemoteAddr();
        if (grant == KeySet.Grant.NONE ? !wrongKeys.takes(address) : !wrongKeys.passes(address)) {
            ctx.attribute(AccessLog.SUMMED, true);
            throw WrongKeys.problem().toException();
        }
        return grant;
    }

    /**
     * Lets the request pass or ends it. Where a client sends both headers (some SDKs do), one good key is enough.
     *
     * @throws ProblemException 401, when no key of the request opens its route; 429, when too many wrong ones came
     */
    @Override
    public void handle(Context ctx) {
        require(ctx, asked(ctx));
    }

    /** The same for a route whose required access is a setting. */
    public void require(Context ctx, RouteAccess asked) {
        if (asked == RouteAccess.OPEN) {
            return;
        }
        List<String> presented = presented(ctx);
        String best = presented.stream().max(Comparator.comparing(keys::grant)).orElse("");
        KeySet.Grant grant = grant(ctx, best);
        if (!grant.allows(asked)) {
            throw Problem.of(ProblemKind.INVALID_API_KEY, refusal(presented, grant))
                    .toException();
        }
        ctx.attribute(KEY, KeySet.fingerprint(best));
    }

    /**
     * The fingerprint of the key that opened the route, by which stored things are owned; empty where none was
     * needed.
     */
    public static String owner(Context ctx) {
        String key = ctx.attribute(KEY);
        return key == null ? "" : key;
    }

    private static RouteAccess asked(Context ctx) {
        for (RouteRole role : ctx.routeRoles()) {
            if (role instanceof RouteAccess routeAccess) {
                return routeAccess;
            }
        }
        return RouteAccess.ADMIN;
    }

    /** Google's clients send the key in a header of their own, or in the query, which nothing logs. */
    private static List<String> presented(Context ctx) {
        var found = new ArrayList<String>(2);
        Optional.ofNullable(ctx.header("Authorization")).map(ApiKeys::key).ifPresent(found::add);
        Optional.ofNullable(ctx.header("x-api-key")).map(String::strip).ifPresent(found::add);
        Optional.ofNullable(ctx.header("x-goog-api-key")).map(String::strip).ifPresent(found::add);
        if (ctx.path().startsWith(GOOGLE)) {
            Optional.ofNullable(ctx.queryParam("key")).map(String::strip).ifPresent(found::add);
        }
        return found;
    }

    /** The key in a header value; clients that let their user write the whole value lack the scheme at times. */
    private static String key(String authorization) {
        String value = authorization.strip();
        return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? value.substring(SCHEME.length()).strip()
                : value;
    }

    private static String refusal(List<String> presented, KeySet.Grant best) {
        if (presented.isEmpty()) {
            return "This route needs an API key and the request has none." + HOW;
        }
        if (best == KeySet.Grant.CLIENT) {
            return "The API key of the request may chat but not manage: this route needs the key in ADMIN_KEY." + HOW;
        }
        return "The API key of the request is not one of this gateway's (they are in API_KEY of its .env)." + HOW;
    }
}
