package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Step.Frame;
import dev.qwen2api.fakeqwen.Step.Kind;
import java.time.Duration;
import java.util.List;

/** Answer streams with other frames. Texts are counted in frames that carry text. */
public final class StreamFaults {
    private StreamFaults() {}

    /** Headers, then silence. */
    public static Fault silentAfterHeaders() {
        return Fault.shape(StreamShapes.instead(frames -> List.of(new Step.Stall())));
    }

    /** An event stream without a single byte. */
    public static Fault emptyStream() {
        return Fault.shape(StreamShapes.instead(frames -> List.of()));
    }

    /** Only {@code response.created}, then a proper end. */
    public static Fault softBlockCreatedOnly() {
        return Fault.shape(StreamShapes.instead(frames -> List.of(frames.created())));
    }

    /** {@code response.created}, then keep-alives without end. */
    public static Fault keepAlivesForever(Duration every) {
        return Fault.shape(StreamShapes.instead(frames ->
                List.of(frames.created(), new Step.Repeat(frames.keepAlive().bytes(), every))));
    }

    /** An error object as the only frame. */
    public static Fault errorFrameFirst(String code) {
        return Fault.shape(StreamShapes.instead(frames -> List.of(Frames.error(code, "details", "refused"))));
    }

    /** {@code {"error": "..."}} as the only frame. */
    public static Fault errorTextFirst(String text) {
        return Fault.shape(StreamShapes.instead(frames -> List.of(Frames.errorText(text))));
    }

    /** The quota envelope as the only frame. */
    public static Fault rateLimitedFrame(int hours) {
        return Fault.shape(StreamShapes.instead(frames ->
                List.of(Frames.errorEnvelope("RateLimited", CannedReplies.QUOTA_TEXT, String.valueOf(hours)))));
    }

    /** An error object after so many texts, then the end. */
    public static Fault errorFrameAfterText(int texts, String code) {
        return Fault.shape(StreamShapes.afterText(texts, frames -> List.of(Frames.error(code, "details", "failed"))));
    }

    /** Moderation of the input as the only frame. */
    public static Fault moderationFirst() {
        return Fault.shape(StreamShapes.instead(
                frames -> List.of(Frames.error("data_inspection_failed", "message", CannedReplies.INPUT_MODERATION))));
    }

    /** Moderation of the output after so many texts. */
    public static Fault moderationMidStream(int texts) {
        return Fault.shape(StreamShapes.afterText(
                texts,
                frames -> List.of(Frames.error("data_inspection_failed", "message", CannedReplies.OUTPUT_MODERATION))));
    }

    /** A reset after so many texts. */
    public static Fault resetAfterText(int texts) {
        return Fault.shape(StreamShapes.afterText(texts, frames -> List.of(new Step.Reset())));
    }

    /** Silence after so many texts. */
    public static Fault stallAfterText(int texts) {
        return Fault.shape(StreamShapes.afterText(texts, frames -> List.of(new Step.Stall())));
    }

    /** A proper end of the body after so many texts, without the last frame. */
    public static Fault cleanEndWithoutFinished(int texts) {
        return Fault.shape(StreamShapes.afterText(texts, frames -> List.of()));
    }

    /** Before every text, the text of another answer under another response id. */
    public static Fault interleavedResponseIds() {
        return Fault.shape(StreamShapes.beforeTexts(
                frames -> List.of(frames.withResponseId(Ids.uuid()).text("INTRUDER", ""))));
    }

    /** Between the frames whatever a client has to pass over: comments, other fields, empty data, unknown phases. */
    public static Fault comments() {
        String noise = ": a comment\n\n:\nevent: message\nid: 7\nretry: 10\n\ndata:\n\nnonsense without a colon\n\n"
                + "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"\", \"phase\": \"unheard_of\", "
                + "\"status\": \"typing\"}}]}\n\ndata: {\"choices\": []}\n\n";
        return Fault.shape(StreamShapes.beforeTexts(frames -> List.of(Frame.of(Kind.RAW, noise))));
    }

    /** Data that is no JSON before every text. */
    public static Fault garbage() {
        String noise = "data: {\"choices\": [{\"delta\"\n\ndata: <html>\n\n";
        return Fault.shape(StreamShapes.beforeTexts(frames -> List.of(Frame.of(Kind.RAW, noise))));
    }

    /** Every reasoning frame twice, and a shrunken list at the end. */
    public static Fault repeatedAndShrinkingSummaries() {
        return Fault.shape(StreamShapes::repeatThinking);
    }

    /** One text frame of so many bytes before the first text. */
    public static Fault hugeLine(int bytes) {
        return Fault.shape(StreamShapes.beforeFirstText(frames -> List.of(StreamShapes.huge(frames, bytes))));
    }

    /** Bytes that are no UTF-8 inside a text before the first text. */
    public static Fault invalidUtf8() {
        return Fault.shape(StreamShapes.beforeFirstText(frames -> List.of(StreamShapes.brokenUtf8(frames))));
    }

    /** CR LF line ends. */
    public static Fault crlf() {
        return Fault.shape(StreamShapes.each(StreamShapes::crlf));
    }

    /** The body stops right behind the last frame's JSON. */
    public static Fault missingLastBlankLine() {
        return Fault.shape(StreamShapes::withoutLastBlankLine);
    }
}
