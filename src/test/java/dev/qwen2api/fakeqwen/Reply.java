package dev.qwen2api.fakeqwen;

import java.nio.charset.StandardCharsets;

/**
 * A whole answer to one request.
 *
 * @param status the HTTP status line's code
 * @param actual the true status, sent as {@code x-actual-status-code}
 * @param type the content type, empty for none
 * @param headers further headers
 * @param body the bytes; not copied, so never written to
 */
@SuppressWarnings("ArrayRecordComponent") // bytes for a socket; replies are not compared
public record Reply(int status, int actual, String type, Headers headers, byte[] body) {
    private static final String JSON = "application/json";

    /** A reply of any kind. */
    public static Reply of(int status, String type, String body) {
        return new Reply(status, status, type, Headers.none(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** A JSON reply with HTTP status 200. */
    public static Reply json(byte[] body) {
        return new Reply(200, 200, JSON, Headers.none(), body);
    }

    /** A JSON reply with HTTP status 200. */
    public static Reply json(String body) {
        return json(body.getBytes(StandardCharsets.UTF_8));
    }

    /** The usual success envelope around ready JSON text. */
    static Reply success(Request request, String data) {
        return json("{\"success\":true,\"request_id\":\"" + request.requestId() + "\",\"data\":" + data + "}");
    }

    /** The usual error envelope: HTTP 200 and the truth in {@code x-actual-status-code}. */
    static Reply refusal(Request request, int actual, String code, String details) {
        String text = details.isEmpty() ? "" : ",\"details\":" + Json.quoted(details);
        return json("{\"success\":false,\"request_id\":\"" + request.requestId() + "\",\"data\":{\"code\":\"" + code
                        + "\"" + text + "}}")
                .actual(actual);
    }

    /** The same with another true status. */
    public Reply actual(int code) {
        return new Reply(status, code, type, headers, body);
    }

    /** The same with another HTTP status, which is then the true one as well. */
    public Reply status(int code) {
        return new Reply(code, code, type, headers, body);
    }

    /** The same with one more header. */
    public Reply header(String name, String value) {
        return new Reply(status, actual, type, headers.with(name, value), body);
    }

    /** The same under another content type. */
    public Reply type(String contentType) {
        return new Reply(status, actual, contentType, headers, body);
    }
}
