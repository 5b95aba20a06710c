package dev.qwen2api.qwen;

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
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.qwen.Frame.Delta;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns frames into events, by their shape. Only {@code finished} in the phase {@code answer} (or of a picture) ends an answer:
 * {@code finished} also ends each phase of thinking, and a stream that merely stops was cut off. Phases that are not known are
 * kept aside and only speak when no answer ever does. Used by one thread.
 */
final class FrameDecoder {

    private final SummaryDiff summary = new SummaryDiff();
    private final SearchResults results = new SearchResults();
    private final Set<String> pictures = new HashSet<>();
    private final StringBuilder aside = new StringBuilder();
    private String responseId = "";
    private @Nullable Usage usage;
    private boolean spoke;
    private boolean delivered;
    private boolean finished;

    /** Whether the answer is complete. */
    boolean isFinished() {
        return finished;
    }

    /** Whether anything of the answer was handed over. */
    boolean hasDelivered() {
        return delivered;
    }

    /** The upstream's id of the response; empty until it is known. */
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
        try {
            frame(FrameParser.parse(bytes, offset, length), listener);
        } catch (IOException garbage) {
            // a broken line says nothing; if nothing better comes, the end of the stream is the failure
        }
    }

    private void frame(Frame frame, AnswerListener listener) throws UpstreamException {
        JsonNode trouble = frame.trouble();
        if (trouble != null) {
            trouble(trouble, listener);
            return;
        }
        if (foreign(frame.responseId())) {
            return;
        }
        Delta delta = frame.delta();
        if (delta != null) {
            delta(delta, listener);
        }
        Usage cost = frame.usage();
        if (cost != null && !cost.equals(usage) && !finished) {
            usage = cost;
            listener.on(cost);
        }
    }

    /** Rarely two responses come interleaved (seen 2026-08): the first one is ours. */
    private boolean foreign(String id) {
        if (responseId.isEmpty()) {
            responseId = id;
        }
        return !id.isEmpty() && !id.equals(responseId);
    }

    private void trouble(JsonNode frame, AnswerListener listener) throws UpstreamException {
        Optional<Failure> failure = Refusal.of(frame);
        if (failure.isEmpty()) {
            return;
        }
        if (failure.get().kind() == Failure.Kind.MODERATED && delivered) {
            finish(Finished.Reason.CONTENT_FILTER, listener);
            return;
        }
        throw new UpstreamException(failure.get());
    }

    private void delta(Delta delta, AnswerListener listener) {
        switch (delta.phase()) {
            case "answer", "" -> answer(delta, listener);
            case "think" -> reason(delta.content(), listener);
            case "thinking_summary" -> reason(summary.next(delta.extra()), listener);
            case "image_gen" -> {
                picture(delta.content(), listener);
                finishWith(delta, listener);
            }
            case "image_gen_tool", "image_edit_tool" -> toolPictures(delta.extra(), listener);
            case "web_search" -> search(delta.extra(), listener);
            default -> setAside(delta);
        }
        if (!delta.phase().equals("web_search")) {
            search(delta.extra(), listener);
        }
    }

    private void answer(Delta delta, AnswerListener listener) {
        if (!delta.content().isEmpty()) {
            spoke = true;
            deliver(new Text(delta.content()), listener);
        }
        finishWith(delta, listener);
    }

    private void finishWith(Delta delta, AnswerListener listener) {
        if (delta.finished()) {
            if (!spoke && !aside.isEmpty()) {
                deliver(new Text(aside.toString()), listener);
            }
            finish(Finished.Reason.STOP, listener);
        }
    }

    private void finish(Finished.Reason reason, AnswerListener listener) {
        finished = true;
        listener.on(new Finished(reason));
    }

    private void reason(String text, AnswerListener listener) {
        if (!text.isEmpty()) {
            deliver(new Reasoning(text), listener);
        }
    }

    private void deliver(AnswerEvent event, AnswerListener listener) {
        delivered = true;
        listener.on(event);
    }

    private void picture(String url, AnswerListener listener) {
        if (url.startsWith("http") && pictures.add(url)) {
            spoke = true;
            deliver(new Picture(url), listener);
        }
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
        if (delta.role().equals("assistant")) {
            aside.append(delta.content());
        }
    }

    /**
     * The stream has ended.
     *
     * @throws UpstreamException when it ended before the answer did
     */
    void end() throws UpstreamException {
        if (finished) {
            return;
        }
        throw new UpstreamException(
                delivered
                        ? Failure.of(Failure.Kind.TRUNCATED, "the answer broke off before its end")
                        : Failure.of(
                                Failure.Kind.EMPTY,
                                "the stream ended without a word, which is how the service quietly refuses"));
    }
}
