package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Step.Frame;
import dev.qwen2api.fakeqwen.Step.Kind;
import dev.qwen2api.fakeqwen.WireFaults.Cut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Something that goes wrong, and for whom. It does nothing until it is placed into the {@link FaultPlan}. Immutable.
 *
 * <p>Unless aimed elsewhere it strikes the web completions of every account, again and again. Texts are counted in frames
 * that carry text, bytes in body bytes before chunked coding. Refusals come before the request is looked at; stream and byte
 * faults bend the answer that the script gives.
 */
public final class Fault {
    private final List<Effect> effects;
    private final Aim aim;

    /** Changes the steps of a stream. */
    interface Shape extends BiFunction<Frames, List<Step>, List<Step>> {}

    /** One kind of harm. */
    sealed interface Effect {
        /** No harm at all. */
        record Pass() implements Effect {}

        /** Another reply instead. */
        record Say(Function<Request, Reply> reply) implements Effect {}

        /** Silence, not even a status line. */
        record Hang() implements Effect {}

        /** A reset before the first byte. */
        record Break() implements Effect {}

        /** A stream of other frames. */
        record Reshape(Shape shape) implements Effect {}

        /** Other bytes on the wire. */
        record Bend(UnaryOperator<WireFaults> change) implements Effect {}

        /** One more header. */
        record Dress(String name, String value) implements Effect {}
    }

    /** Whom it strikes: after so many matching requests were let through, so many times. */
    record Aim(Set<Endpoint> endpoints, Predicate<Request> condition, int after, int times) {
        boolean fits(Endpoint endpoint, Request request) {
            return endpoints.contains(endpoint) && condition.test(request);
        }
    }

    private Fault(List<Effect> effects, Aim aim) {
        this.effects = effects;
        this.aim = aim;
    }

    private static Fault of(Effect effect) {
        return new Fault(List.of(effect), new Aim(Set.of(Endpoint.COMPLETIONS), request -> true, 0, Integer.MAX_VALUE));
    }

    private static Fault say(Function<Request, Reply> reply) {
        return of(new Effect.Say(reply));
    }

    private static Fault shape(Shape shape) {
        return of(new Effect.Reshape(shape));
    }

    private static Fault bend(UnaryOperator<WireFaults> change) {
        return of(new Effect.Bend(change));
    }

    List<Effect> effects() {
        return effects;
    }

    Aim aim() {
        return aim;
    }

    // Aiming.

    /** Strikes these routes instead of completions. */
    public Fault on(Endpoint... endpoints) {
        return new Fault(effects, new Aim(Set.of(endpoints), aim.condition(), aim.after(), aim.times()));
    }

    /** Strikes one account only. */
    public Fault forAccount(String userId) {
        return when(request -> request.userId().filter(userId::equals).isPresent());
    }

    /** Strikes only requests that fit. */
    public Fault when(Predicate<Request> condition) {
        return new Fault(effects, new Aim(aim.endpoints(), aim.condition().and(condition), aim.after(), aim.times()));
    }

    /** Strikes once. */
    public Fault once() {
        return times(1);
    }

    /** Strikes so many times. */
    public Fault times(int times) {
        return new Fault(effects, new Aim(aim.endpoints(), aim.condition(), aim.after(), times));
    }

    /** Lets so many matching requests through first. */
    public Fault afterRequests(int count) {
        return new Fault(effects, new Aim(aim.endpoints(), aim.condition(), count, aim.times()));
    }

    /** Both at once, aimed as this one. */
    public Fault and(Fault other) {
        List<Effect> both = new ArrayList<>(effects);
        both.addAll(other.effects);
        return new Fault(List.copyOf(both), aim);
    }

    /** Adds a header to whatever is answered, such as {@code retry-after}. */
    public Fault withHeader(String name, String value) {
        return and(of(new Effect.Dress(name, value)));
    }

    // Refusals instead of an answer.

    /** Any reply. */
    public static Fault reply(Reply reply) {
        return say(request -> reply);
    }

    /** Any code in the error envelope, HTTP status 200. */
    public static Fault refusal(int actual, String code, String details) {
        return say(request -> Reply.refusal(request, actual, code, details));
    }

    /** A real HTTP 401. */
    public static Fault unauthorized401() {
        return say(CannedReplies::noToken);
    }

    /** "Token has expired" under HTTP 200. */
    public static Fault expired() {
        return say(CannedReplies::expired);
    }

    /** Account banned: a real HTTP 403. */
    public static Fault forbidden403() {
        return say(request -> Reply.refusal(request, 403, "Forbidden", "").status(403));
    }

    /** Daily quota with the hours to wait; negative hours are sent as they are. */
    public static Fault rateLimited(int hours) {
        return say(request -> CannedReplies.rateLimited(request, String.valueOf(hours)));
    }

    /** Daily quota whose hours are this piece of JSON ({@code "\"4\""} for a text, {@code "null"}); empty for none at all. */
    public static Fault rateLimitedRaw(String hours) {
        return say(request -> CannedReplies.rateLimited(request, hours));
    }

    /** Daily quota in the flat form with a real HTTP 429. */
    public static Fault rateLimitedFlat429(int hours) {
        return say(request -> CannedReplies.rateLimitedFlat(hours));
    }

    /** The risk control's JSON: action {@code captcha}, {@code captchaconnect} or {@code deny}. */
    public static Fault punishJson(String action) {
        return say(request -> CannedReplies.punish(action));
    }

    /** The firewall's challenge page under HTTP 200. */
    public static Fault wafHtml() {
        return say(request -> CannedReplies.wafHtml());
    }

    /** Blocked egress, HTTP 405. */
    public static Fault blocked405Html() {
        return say(request -> CannedReplies.blockedHtml(405));
    }

    /** Blocked egress, HTTP 503. */
    public static Fault blocked503Html() {
        return say(request -> CannedReplies.blockedHtml(503));
    }

    /** HTTP 500 with an error envelope. */
    public static Fault http500() {
        return say(request ->
                Reply.refusal(request, 500, "Internal_Server_Error", "").status(500));
    }

    /** A gateway's 502 page. */
    public static Fault http502Html() {
        return say(request -> CannedReplies.blockedHtml(502));
    }

    /** HTTP 429 or 503 with a {@code Retry-After} of any spelling. */
    public static Fault retryAfter(int status, String value) {
        return say(request -> Reply.of(status, "text/plain", "slow down").header("retry-after", value));
    }

    /** An empty body that claims to be JSON. */
    public static Fault emptyJsonBody() {
        return reply(Reply.json(""));
    }

    /** {@code success:true} around an error code. */
    public static Fault successTrueWithErrorCode() {
        return say(request -> Reply.success(request, "{\"code\":\"Internal_Server_Error\"}"));
    }

    /** The chat is said to be busy. */
    public static Fault chatInProgress() {
        return say(CannedReplies::busy);
    }

    /** The catch-all {@code Bad_Request}, "Internal error...". */
    public static Fault internalError() {
        return say(CannedReplies::internal);
    }

    /** The model is gone. */
    public static Fault modelNotFound() {
        return say(request -> CannedReplies.notFound(request, "Model not found"));
    }

    // The connection.

    /** The connection is reset before the first byte. */
    public static Fault resetBeforeFirstByte() {
        return of(new Effect.Break());
    }

    /** The request is read and never answered. */
    public static Fault silentBeforeHeaders() {
        return of(new Effect.Hang());
    }

    /** Headers, then silence. */
    public static Fault silentAfterHeaders() {
        return shape(StreamShapes.instead(frames -> List.of(new Step.Stall())));
    }

    // The frames.

    /** An event stream without a single byte. */
    public static Fault emptyStream() {
        return shape(StreamShapes.instead(frames -> List.of()));
    }

    /** Only {@code response.created}, then a proper end. */
    public static Fault softBlockCreatedOnly() {
        return shape(StreamShapes.instead(frames -> List.of(frames.created())));
    }

    /** {@code response.created}, then keep-alives without end. */
    public static Fault keepAlivesForever(Duration every) {
        return shape(StreamShapes.instead(frames ->
                List.of(frames.created(), new Step.Repeat(frames.keepAlive().bytes(), every))));
    }

    /** An error object as the only frame. */
    public static Fault errorFrameFirst(String code) {
        return shape(StreamShapes.instead(frames -> List.of(Frames.error(code, "details", "refused"))));
    }

    /** {@code {"error": "..."}} as the only frame. */
    public static Fault errorTextFirst(String text) {
        return shape(StreamShapes.instead(frames -> List.of(Frames.errorText(text))));
    }

    /** The quota envelope as the only frame. */
    public static Fault rateLimitedFrame(int hours) {
        return shape(StreamShapes.instead(frames ->
                List.of(Frames.errorEnvelope("RateLimited", CannedReplies.QUOTA_TEXT, String.valueOf(hours)))));
    }

    /** An error object after so many texts, then the end. */
    public static Fault errorFrameAfterText(int texts, String code) {
        return shape(StreamShapes.afterText(texts, frames -> List.of(Frames.error(code, "details", "failed"))));
    }

    /** Moderation of the input as the only frame. */
    public static Fault moderationFirst() {
        return shape(StreamShapes.instead(
                frames -> List.of(Frames.error("data_inspection_failed", "message", CannedReplies.INPUT_MODERATION))));
    }

    /** Moderation of the output after so many texts. */
    public static Fault moderationMidStream(int texts) {
        return shape(StreamShapes.afterText(
                texts,
                frames -> List.of(Frames.error("data_inspection_failed", "message", CannedReplies.OUTPUT_MODERATION))));
    }

    /** A reset after so many texts. */
    public static Fault resetAfterText(int texts) {
        return shape(StreamShapes.afterText(texts, frames -> List.of(new Step.Reset())));
    }

    /** Silence after so many texts. */
    public static Fault stallAfterText(int texts) {
        return shape(StreamShapes.afterText(texts, frames -> List.of(new Step.Stall())));
    }

    /** A proper end of the body after so many texts, without the last frame. */
    public static Fault cleanEndWithoutFinished(int texts) {
        return shape(StreamShapes.afterText(texts, frames -> List.of()));
    }

    /** Before every text, the text of another answer under another response id. */
    public static Fault interleavedResponseIds() {
        return shape(StreamShapes.beforeTexts(
                frames -> List.of(frames.withResponseId(Ids.uuid()).text("INTRUDER", ""))));
    }

    /** Comments, unknown fields, unknown phases and data that is no JSON between the frames. */
    public static Fault commentsAndGarbage() {
        String noise = ": a comment\n\n:\nevent: message\nid: 7\nretry: 10\n\ndata: [DONE\n\ndata:\n\n"
                + "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"\", \"phase\": \"unheard_of\", "
                + "\"status\": \"typing\"}}]}\n\nnonsense without a colon\n\ndata: {\"choices\": []}\n\n";
        return shape(StreamShapes.beforeTexts(frames -> List.of(Frame.of(Kind.RAW, noise))));
    }

    /** Every reasoning frame twice, and a shrunken list at the end. */
    public static Fault repeatedAndShrinkingSummaries() {
        return shape(StreamShapes::repeatThinking);
    }

    /** One text frame of so many bytes before the first text. */
    public static Fault hugeLine(int bytes) {
        return shape(StreamShapes.beforeFirstText(frames -> List.of(StreamShapes.huge(frames, bytes))));
    }

    /** Bytes that are no UTF-8 inside a text before the first text. */
    public static Fault invalidUtf8() {
        return shape(StreamShapes.beforeFirstText(frames -> List.of(StreamShapes.brokenUtf8(frames))));
    }

    /** CR LF line ends. */
    public static Fault crlf() {
        return shape(StreamShapes.each(StreamShapes::crlf));
    }

    /** The body stops right behind the last frame's JSON. */
    public static Fault missingLastBlankLine() {
        return shape(StreamShapes::withoutLastBlankLine);
    }

    // The bytes, of any route.

    /** The connection is reset at this body byte. */
    public static Fault resetAtByte(long n) {
        return bend(wire -> wire.cut(n, Cut.RESET));
    }

    /** The body ends at this byte as if it were complete. */
    public static Fault endAtByte(long n) {
        return bend(wire -> wire.cut(n, Cut.END));
    }

    /** The connection is closed at this body byte, without a proper end of the body. */
    public static Fault dropAtByte(long n) {
        return bend(wire -> wire.cut(n, Cut.DROP));
    }

    /** The body is sent in pieces of these sizes, the last size repeating; each is a chunk and a packet of its own. */
    public static Fault splitAt(Integer... sizes) {
        return bend(wire -> wire.split(Arrays.asList(sizes)));
    }

    /** Every byte of the body alone. */
    public static Fault oneByteAtATime() {
        return splitAt(1);
    }

    /** Compressed although nobody asked for it. */
    public static Fault gzipUnasked() {
        return bend(WireFaults::gzipped);
    }

    /** Another content type around the right body. */
    public static Fault wrongContentType(String type) {
        return bend(wire -> wire.claiming(type));
    }
}
