package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.UpstreamErrorParser;
import dev.qwen2api.upstream.qwen.stream.Frame.Delta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns frames into events, by their shape. Only {@code finished} in the phase {@code answer} (or of a picture) ends an answer:
 * {@code finished} also ends each phase of thinking, and a stream that merely stops was cut off. Phases that are not known are
 * kept aside and only speak when no answer ever does. Texts are taken as pieces, never as the whole so far: pieces are what is
 * asked for, and a piece that repeats what went before it cannot be told from a whole. Used by one thread.
 */
final class FrameDecoder {

    /** HTTP has nothing to say of a frame. */
    private static final int NO_STATUS = 200;

    private final SummaryDiff summary = new SummaryDiff();
    private final SearchResults results = new SearchResults();
    private final Set<String> pictures = new HashSet<>();
    private final StringBuilder aside = new StringBuilder();
    private volatile String responseId = "";
    private @Nullable Usage usage;
    private boolean sound;
    private boolean garbage;
    private boolean spoke;
    private boolean delivered;
    private boolean mayBeOver;
    private boolean finished;

    /** Whether the answer is complete. */
    boolean isFinished() {
        return finished;
    }

    /** Whether anything of the answer was handed over. */
    boolean hasDelivered() {
        return delivered;
    }

    /** The upstream's id of the response; empty until it is known. May be asked by any thread. */
    String responseId() {
        return responseId;
    }

    /**
     * Takes the JSON of one data line; what is no JSON is passed over.
     *
     * @throws UpstreamException when the frame tells of an error
     */
    void data(byte[] bytes, int offset, int length, AnswerListener listener) throws UpstreamException {
        if (finished) {
            return;
        }
        Frame plain = PlainFrame.parse(bytes, offset, length);
        Optional<Frame> frame = plain != null
                ? Optional.of(plain)
                : parse(bytes, offset, length).or(() -> parseMended(bytes, offset, length));
        if (frame.isPresent()) {
            sound = true;
            frame(frame.get(), listener);
        } else {
            garbage = true;
        }
    }

    private static Optional<Frame> parse(byte[] bytes, int offset, int length) {
        try {
            return Optional.of(FrameParser.parse(bytes, offset, length));
        } catch (IOException broken) {
            return Optional.empty();
        }
    }

    /** Once more with every byte replaced that is no UTF-8: better a wrong character than a hole in the answer. */
    private static Optional<Frame> parseMended(byte[] bytes, int offset, int length) {
        byte[] mended = new String(bytes, offset, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        return parse(mended, 0, mended.length);
    }

    private void frame(Frame frame, AnswerListener listener) throws UpstreamException {
        JsonNode trouble = frame.trouble();
        Optional<Failure> failure = trouble == null ? Optional.empty() : UpstreamErrorParser.of(trouble, NO_STATUS);
        if (failure.isPresent()) {
            fail(failure.get(), listener);
            return;
        }
        if (foreign(frame.responseId())) {
            return;
        }
        Delta delta = frame.delta();
        if (delta != null) {
            take(delta, listener);
        }
        cost(frame.usage(), listener);
        if (delta != null && delta.finished()) {
            phaseEnded(delta.phase(), listener);
        }
    }

    private void fail(Failure failure, AnswerListener listener) throws UpstreamException {
        if (failure.kind() == FailureKind.MODERATED && spoke) {
            finish(Finished.Reason.CONTENT_FILTER, listener);
            return;
        }
        throw new UpstreamException(failure);
    }

    /** Rarely two responses come interleaved (seen 2026-08): the first one is ours. */
    private boolean foreign(String id) {
        if (responseId.isEmpty()) {
            responseId = id;
        }
        return !id.isEmpty() && !id.equals(responseId);
    }

    private void cost(@Nullable Usage cost, AnswerListener listener) {
        if (cost != null && !cost.equals(usage)) {
            usage = cost;
            listener.on(cost);
        }
    }

    private void take(Delta delta, AnswerListener listener) {
        mayBeOver &= delta.content().isEmpty();
        switch (delta.phase()) {
            case "answer" -> text(delta.content(), listener);
            case "" -> unlabelled(delta, listener);
            case "think" -> reason(delta.content(), listener);
            case "thinking_summary" -> reason(summary.next(delta.extra()), listener);
            case "image_gen" -> pictureOrWords(delta, listener);
            case "image_gen_tool", "image_edit_tool" -> toolPictures(delta.extra(), listener);
            default -> setAside(delta);
        }
        search(delta.extra(), listener);
    }

    private void phaseEnded(String phase, AnswerListener listener) {
        switch (phase) {
            case "answer", "image_gen" -> end(Finished.Reason.STOP, listener);
            case "thinking_summary" -> summary.phaseEnded();
            case "think", "web_search", "image_gen_tool", "image_edit_tool" -> {}
            default -> mayBeOver = true;
        }
    }

    private void end(Finished.Reason reason, AnswerListener listener) {
        if (!spoke) {
            text(aside.toString(), listener);
        }
        finish(reason, listener);
    }

    private void finish(Finished.Reason reason, AnswerListener listener) {
        finished = true;
        listener.on(new Finished(reason));
    }

    private void text(String words, AnswerListener listener) {
        if (!words.isEmpty()) {
            spoke = true;
            deliver(new Text(words), listener);
        }
    }

    private void reason(String words, AnswerListener listener) {
        if (!words.isEmpty()) {
            deliver(new Reasoning(words), listener);
        }
    }

    private void deliver(AnswerEvent event, AnswerListener listener) {
        delivered = true;
        listener.on(event);
    }

    private void unlabelled(Delta delta, AnswerListener listener) {
        if (delta.byAssistant()) {
            text(delta.content(), listener);
        }
    }

    private void pictureOrWords(Delta delta, AnswerListener listener) {
        if (!picture(delta.content(), listener)) {
            setAside(delta);
        }
    }

    private boolean picture(String url, AnswerListener listener) {
        boolean address = url.startsWith("https://") || url.startsWith("http://");
        if (address && pictures.add(url)) {
            spoke = true;
            deliver(new Picture(url), listener);
        }
        return address;
    }

    private void toolPictures(@Nullable JsonNode extra, AnswerListener listener) {
        if (extra != null) {
            extra.path("tool_result").forEach(each -> picture(each.path("image").asText(""), listener));
            extra.path("image_list").forEach(each -> picture(each.path("image").asText(""), listener));
        }
    }

    private void search(@Nullable JsonNode extra, AnswerListener listener) {
        if (results.add(extra)) {
            listener.on(new Sources(results.list()));
        }
    }

    private void setAside(Delta delta) {
        if (delta.byAssistant()) {
            aside.append(delta.content());
        }
    }

    /**
     * The stream has ended in good order. A phase without a label, or with one that is not known, may have been the answer: if
     * it was called finished and nothing came after it, it was.
     *
     * @throws UpstreamException when the stream ended before the answer did
     */
    void end(AnswerListener listener) throws UpstreamException {
        if (finished) {
            return;
        }
        if (mayBeOver && (spoke || !aside.isEmpty())) {
            end(Finished.Reason.STOP, listener);
            return;
        }
        throw new UpstreamException(unfinished());
    }

    private Failure unfinished() {
        if (delivered) {
            return Failure.of(FailureKind.TRUNCATED, "the answer broke off before its end");
        }
        return garbage && !sound
                ? Failure.of(FailureKind.BROKEN, "the stream held nothing that could be read")
                : Failure.of(
                        FailureKind.EMPTY,
                        "the stream ended without a word, which is how the service quietly refuses (soft block)");
    }
}
