package dev.qwen2api.fakeqwen;

import java.util.function.Function;

/** Whole replies that come instead of an answer, before the request is looked at. */
public final class Refusals {
    private Refusals() {}

    /** Any reply. */
    public static Fault reply(Reply reply) {
        return Fault.say(request -> reply);
    }

    /** A reply made for each request. */
    public static Fault say(Function<Request, Reply> reply) {
        return Fault.say(reply);
    }

    /** Any code in the error envelope, HTTP status 200. */
    public static Fault refusal(int actual, String code, String details) {
        return Fault.say(request -> Reply.refusal(request, actual, code, details));
    }

    /** A real HTTP 401. */
    public static Fault unauthorized401() {
        return Fault.say(CannedReplies::noToken);
    }

    /** "Token has expired" under HTTP 200. */
    public static Fault expired() {
        return Fault.say(CannedReplies::expired);
    }

    /** Account banned: a real HTTP 403. */
    public static Fault forbidden403() {
        return Fault.say(request -> Reply.refusal(request, 403, "Forbidden", "").status(403));
    }

    /** Daily quota with the hours to wait; negative hours are sent as they are. */
    public static Fault rateLimited(int hours) {
        return Fault.say(request -> CannedReplies.rateLimited(request, String.valueOf(hours)));
    }

    /**
     * Daily quota whose hours are this piece of JSON ({@code "\"4\""} for a text, {@code "null"}); empty for none at
     * all.
     */
    public static Fault rateLimitedRaw(String hours) {
        return Fault.say(request -> CannedReplies.rateLimited(request, hours));
    }

    /** Daily quota in the flat form with a real HTTP 429. */
    public static Fault rateLimitedFlat429(int hours) {
        return Fault.say(request -> CannedReplies.rateLimitedFlat(hours));
    }

    /** The risk control's JSON: action {@code captcha}, {@code captchaconnect} or {@code deny}. */
    public static Fault punishJson(String action) {
        return Fault.say(request -> CannedReplies.punish(action));
    }

    /** The firewall's challenge page under HTTP 200. */
    public static Fault wafHtml() {
        return Fault.say(request -> CannedReplies.wafHtml());
    }

    /** Blocked egress, HTTP 405. */
    public static Fault blocked405Html() {
        return Fault.say(request -> CannedReplies.blockedHtml(405));
    }

    /** Blocked egress, HTTP 503. */
    public static Fault blocked503Html() {
        return Fault.say(request -> CannedReplies.blockedHtml(503));
    }

    /** HTTP 500 with an error envelope. */
    public static Fault http500() {
        return Fault.say(request ->
                Reply.refusal(request, 500, "Internal_Server_Error", "").status(500));
    }

    /** A gateway's 502 page. */
    public static Fault http502Html() {
        return Fault.say(request -> CannedReplies.blockedHtml(502));
    }

    /** HTTP 429 or 503 with a {@code Retry-After} of any spelling. */
    public static Fault retryAfter(int status, String value) {
        return Fault.say(request -> Reply.of(status, "text/plain", "slow down").header("retry-after", value));
    }

    /** An empty body that claims to be JSON. */
    public static Fault emptyJsonBody() {
        return reply(Reply.json(""));
    }

    /** {@code success:true} around an error code. */
    public static Fault successTrueWithErrorCode() {
        return Fault.say(request -> Reply.success(request, "{\"code\":\"Internal_Server_Error\"}"));
    }

    /** The chat is said to be busy. */
    public static Fault chatInProgress() {
        return Fault.say(CannedReplies::busy);
    }

    /** The catch-all {@code Bad_Request}, "Internal error...". */
    public static Fault internalError() {
        return Fault.say(CannedReplies::internal);
    }

    /** No such thing: on a task route, the service that has only the other one. */
    public static Fault notFound() {
        return Fault.say(request -> CannedReplies.notFound(request, ""));
    }

    /** The model is gone. */
    public static Fault modelNotFound() {
        return Fault.say(request -> CannedReplies.notFound(request, "Model not found"));
    }
}
