package dev.qwen2api.http.server;

import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Corrects the paths of clients whose base URL is nearly right, before authentication and routing: repeated slashes,
 * {@code /v1/v1}, a trailing slash, a missing {@code /v1}. Thread-safe.
 */
final class PathNormalizer extends Handler.Wrapper {

    private static final Pattern SLASHES = Pattern.compile("/{2,}");
    private static final String VERSION = "/v1";

    /** First segments of the API's paths. {@code /models} is a route of its own, what is below it is not. */
    private static final Set<String> API = Set.of("chat", "completions", "responses", "messages", "images", "videos");

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpURI uri = request.getHttpURI();
        String path = uri.getPath();
        String normal = path == null ? null : normal(path);
        if (normal == null || normal.equals(path)) {
            return super.handle(request, response, callback);
        }
        HttpURI corrected = HttpURI.build(uri, normal, null, uri.getQuery());
        return super.handle(Request.serveAs(request, corrected), response, callback);
    }

    /** The path that the client means; most paths are right already. */
    static String normal(String path) {
        String single = path.contains("//") ? SLASHES.matcher(path).replaceAll("/") : path;
        while (single.startsWith(VERSION + VERSION + "/")) {
            single = single.substring(VERSION.length());
        }
        int last = single.length() - 1;
        String bare = last > 0 && single.charAt(last) == '/' ? single.substring(0, last) : single;
        return lacksVersion(bare) ? VERSION + bare : bare;
    }

    private static boolean lacksVersion(String path) {
        int end = path.indexOf('/', 1);
        String first = path.substring(Math.min(1, path.length()), end < 0 ? path.length() : end);
        return API.contains(first) || first.equals("models") && end > 0;
    }
}
