package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * One request as it was received: what a handler works on and what a test looks at later. Safe for use by several
 * threads.
 *
 * <p>It holds the test's own made-up credentials; {@link #toString()} shows the method and the path alone.
 */
public final class Request {
    private static final String BEARER = "Bearer ";

    private final String method;
    private final String target;
    private final Headers headers;
    private final byte[] body;
    private final Instant at;
    private volatile Optional<String> owner = Optional.empty();
    private volatile JsonNode json = MissingNode.getInstance();

    Request(String method, String target, Headers headers, byte[] body, Instant at) {
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
        this.at = at;
    }

    /** The HTTP method in upper case. */
    public String method() {
        return method;
    }

    /** The path without the query, still percent-encoded. */
    public String path() {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    /** The query without the question mark, empty if there is none. */
    public String query() {
        int question = target.indexOf('?');
        return question < 0 ? "" : target.substring(question + 1);
    }

    /** The decoded value of a query parameter. */
    public Optional<String> query(String name) {
        return pair(query(), "&", name).map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8));
    }

    /** All headers. */
    public Headers headers() {
        return headers;
    }

    /** The first value of a header, in any case of its name. */
    public Optional<String> header(String name) {
        return headers.first(name);
    }

    /** The value of a cookie of the {@code Cookie} header. */
    public Optional<String> cookie(String name) {
        return headers.first("cookie").flatMap(line -> pair(line, ";", name));
    }

    /** The body bytes, a copy. */
    public byte[] body() {
        return body.clone();
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as JSON; a missing node if it is none. */
    public JsonNode json() {
        JsonNode known = json;
        if (known.isMissingNode() && body.length > 0) {
            known = Json.read(body);
            json = known;
        }
        return known;
    }

    /** When the request was complete. */
    public Instant at() {
        return at;
    }

    /** The session token: that of the {@code Authorization} header, else that of the {@code token} cookie. */
    public Optional<String> token() {
        return headers.first("authorization")
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip())
                .or(() -> cookie("token"));
    }

    /** The user the token names, alive or not; of an opaque token of the portal, the user it was issued to. */
    public Optional<String> userId() {
        return owner.or(() -> token().flatMap(FakeTokens::read).map(FakeTokens.Claims::userId));
    }

    /** A field of a form body. */
    public Optional<String> form(String name) {
        return pair(text(), "&", name).map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8));
    }

    /** Tells whose opaque token this is. */
    void belongsTo(Optional<String> userId) {
        owner = userId;
    }

    /** The id that the reply has to echo; a fresh one where the request has none. */
    String requestId() {
        return headers.first("x-request-id").filter(id -> !id.isBlank()).orElseGet(Ids::uuid);
    }

    private static Optional<String> pair(String text, String separator, String name) {
        return Arrays.stream(text.split(separator))
                .map(String::strip)
                .filter(part -> part.startsWith(name + "="))
                .map(part -> part.substring(name.length() + 1))
                .findFirst();
    }

    @Override
    public String toString() {
        return method + " " + path();
    }
}
