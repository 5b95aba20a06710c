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
import dev.qwen2api.upstream.qwen.stream.Frame.Delta;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the frames of one response into events, by their phases. {@code finished} ends an answer only in the phase
 * {@code answer} (or in that of a picture that was asked for): it also ends each phase of thinking. A phase that is
 * not known speaks only when no answer does, and of several only the last one. Used by one thread.
 */
final class AnswerAssembler {

    /** Most characters of phases that are not known. */
    private static final int MOST_ASIDE = 1 << 20;

    /** Most names of such phases that are reported, each once. */
    private static final int MOST_UNKNOWN = 20;

    /** Characters of such a name that are kept. */
    private static final int LONGEST_UNKNOWN = 100;

    private final AnswerContext context;
    private final Consumer<String> unknownPhases;
    private final SummaryDiff summary = new SummaryDiff();
    private final NativeCalls calls;
    private final SearchResults results = new SearchResults();
    private final Set<String> pictures = new HashSet<>();
    private final Set<String> reported = new HashSet<>();
    private final StringBuilder aside = new StringBuilder();
    private String asidePhase = "";
    private @Nullable Usage usage;
    private boolean spoke;
    private boolean delivered;
    private boolean mayBeOver;
    private boolean finished;
    private boolean verbatim;

    /**
     * @param unknownPhases takes the name of each phase that is not known, once an answer
     */
    AnswerAssembler(AnswerContext context, Consumer<String> unknownPhases) {
        this.context = context;
        this.calls = new NativeCalls(context);
        this.unknownPhases = unknownPhases;
    }

    boolean isFinished() {
        return finished;
    }

    /** Whether anything of the answer was handed over. */
    boolean hasDelivered() {
        return delivered;
    }

    /** Whether the service refused a call of a client's tool, without the call itself. */
    boolean isToolRefused() {
        return calls.isRefused() && !finished;
    }

    /** Whether the answer that was handed over is the service's own text and all of it, known at its end. */
    boolean isVerbatim() {
        return verbatim;
    }

    /** Whether words or pictures of the answer itself were handed over. */
    boolean spoke() {
        return spoke;
    }

    void frame(Frame frame, AnswerListener listener) {
        if (finished) {
            return;
        }
        Delta delta = frame.delta();
        if (delta != null) {
            take(delta, listener);
        }
        cost(frame.usage(), listener);
        if (delta != null && calls.isRefused()) {
            endIfSpoken(Finished.Reason.STOP, listener);
        } else if (delta != null && calls.isOverflowing()) {
            endIfSpoken(Finished.Reason.LENGTH, listener);
        } else if (delta != null && delta.finished()) {
            phaseEnded(delta, listener);
        }
        Finished.Reason reason = frame.end();
        if (reason != null) {
            endIfSpoken(reason, listener);
        }
    }

    /** {@code [DONE]}, which the service was rarely seen to send: the end, unless words follow. */
    void done(AnswerListener listener) {
        streamEnded(listener);
        mayBeOver = true;
    }

    private void cost(@Nullable Usage cost, AnswerListener listener) {
        if (cost != null && !cost.equals(usage)) {
            usage = cost;
            listener.on(cost);
        }
    }

    private void take(Delta delta, AnswerListener listener) {
        mayBeOver &= delta.content().isEmpty();
        calls.take(delta);
        if (!delta.pictures().isEmpty()) {
            delta.pictures().forEach(url -> picture(url, listener));
        }
        switch (delta.knownPhase().use()) {
            case TEXT -> text(delta.content(), listener);
            case UNLABELLED_TEXT -> text(delta.byAssistant() ? delta.content() : "", listener);
            case REASONING -> reason(delta.content(), listener);
            case SUMMARY -> reason(summary.next(delta.extra()), listener);
            case PICTURE -> pictureOrWords(delta, listener);
            case LAST_RESORT -> setAside(delta);
            case TOOL, SEARCH, NONE -> {}
        }
        JsonNode extra = delta.extra();
        if (extra != null) {
            extras(delta, extra, listener);
        }
    }

    private void extras(Delta delta, JsonNode extra, AnswerListener listener) {
        if (delta.knownPhase().use() != Phase.Use.SEARCH) {
            extra.path("tool_result").forEach(each -> picture(each.path("image").asText(""), listener));
            extra.path("image_list").forEach(each -> picture(each.path("image").asText(""), listener));
        }
        if (results.add(extra)) {
            listener.on(new Sources(results.list()));
        }
    }

    private void phaseEnded(Delta delta, AnswerListener listener) {
        switch (delta.knownPhase().use()) {
            case TEXT -> end(Finished.Reason.STOP, listener);
            case PICTURE -> pictureEnded(listener);
            case SUMMARY -> summary.phaseEnded();
            case UNLABELLED_TEXT, LAST_RESORT -> mayBeOver = true;
            case REASONING, TOOL, SEARCH, NONE -> {}
        }
    }

    /** In an ordinary chat an answer may follow a picture; where a picture was asked for, it is the answer. */
    private void pictureEnded(AnswerListener listener) {
        mayBeOver = true;
        if (context.picture()) {
            endIfSpoken(Finished.Reason.STOP, listener);
        }
    }

    /** Ends the answer if there is one. */
    void endIfSpoken(Finished.Reason reason, AnswerListener listener) {
        if (!finished && (spoke || !aside.isEmpty() || !calls.isEmpty())) {
            end(reason, listener);
        }
    }

    private void end(Finished.Reason reason, AnswerListener listener) {
        verbatim = spoke && calls.isEmpty() && aside.isEmpty() && reason == Finished.Reason.STOP;
        boolean called = !calls.isEmpty();
        calls.emit(listener);
        if (!spoke && !called) {
            text(aside.toString(), listener);
        }
        finish(reason, listener);
    }

    void finish(Finished.Reason reason, AnswerListener listener) {
        finished = true;
        listener.on(new Finished(reason));
    }

    /**
     * The stream has ended in good order: a phase that was called finished, with nothing after it, may have been the
     * answer.
     */
    void streamEnded(AnswerListener listener) {
        if (mayBeOver) {
            endIfSpoken(Finished.Reason.STOP, listener);
        }
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

    private void pictureOrWords(Delta delta, AnswerListener listener) {
        if (!picture(delta.content(), listener)) {
            setAside(delta);
        }
    }

    /** Returns whether the text is the address of a picture; one that the client attached is no result. */
    private boolean picture(String text, AnswerListener listener) {
        String url = text.strip();
        boolean address = (url.startsWith("https://") || url.startsWith("http://"))
                && url.chars().noneMatch(Character::isWhitespace);
        if (address && !context.isAttached(url) && pictures.add(url)) {
            spoke = true;
            deliver(new Picture(url), listener);
        }
        return address;
    }

    private void setAside(Delta delta) {
        String phase = delta.phase();
        if (delta.knownPhase() == Phase.UNKNOWN && reported.size() < MOST_UNKNOWN) {
            String name = phase.substring(0, Math.min(phase.length(), LONGEST_UNKNOWN));
            if (reported.add(name)) {
                unknownPhases.accept(name);
            }
        }
        String words = delta.byAssistant() ? delta.content() : "";
        if (words.isEmpty()) {
            return;
        }
        if (!phase.equals(asidePhase)) {
            asidePhase = phase;
            aside.setLength(0);
        }
        aside.append(words, 0, Math.min(words.length(), MOST_ASIDE - aside.length()));
    }
}
