package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON value that should be a call, or several. Where the function is named first, the call is opened at once and its
 * arguments are passed on as they come; any other order waits for the end. What is no call is given back, as soon as that is
 * known, but read to its end all the same: nothing in its strings is taken for a call.
 */
final class JsonCallReader implements TextReader {

    /** What stands around the JSON. */
    enum Place {
        /** Marks that say that it is a call. */
        MARKED,
        /** A fence: it may as well be an example, or the answer. */
        FENCED
    }

    private final ReaderContext readerContext;
    private final Place place;
    private final TextReader next;

    /** The tool that was named before the JSON, which then holds its arguments. */
    private final @Nullable Tool named;

    private final LenientJson json = new LenientJson(new CallTerminator());
    private final CallShapeDetector callShapeDetector = new CallShapeDetector();
    private final StringBuilder sound = new StringBuilder();
    private boolean opened;
    private boolean refused;
    private int passedOn;

    private JsonCallReader(ReaderContext readerContext, Place place, @Nullable Tool named, TextReader next) {
        this.readerContext = readerContext;
        this.place = place;
        this.named = named;
        this.next = next;
    }

    /** Reads a call that names its function itself. */
    static TextReader of(ReaderContext readerContext, Place place, TextReader next) {
        return new JsonCallReader(readerContext, place, null, next);
    }

    /** Reads the arguments of a call whose function was named before. */
    static TextReader ofArguments(ReaderContext readerContext, Tool named, TextReader next) {
        return new JsonCallReader(readerContext, Place.MARKED, named, next);
    }

    @Override
    public TextReader read() {
        json.read(readerContext.tape(), sound);
        if (!refused && named == null) {
            follow();
        }
        if (refused) {
            readerContext.giveBack();
        } else if (json.done()) {
            finish();
        }
        return json.done() ? next : this;
    }

    private void follow() {
        callShapeDetector.follow(sound);
        if (opened) {
            passOn();
            return;
        }
        Optional<Tool> tool = readerContext.tools().find(callShapeDetector.name());
        boolean unknown = tool.isEmpty() && !callShapeDetector.name().isEmpty();
        refused = unknown || callShapeDetector.strange() && place == Place.FENCED;
        if (!refused && tool.isPresent() && callShapeDetector.argumentsBegun()) {
            readerContext.out().open(tool.get());
            opened = true;
            passedOn = callShapeDetector.argumentsStart();
            passOn();
        }
    }

    private void passOn() {
        int end = callShapeDetector.argumentsEnd();
        readerContext.out().arguments(sound.substring(passedOn, end));
        passedOn = end;
    }

    private void finish() {
        List<ParsedToolCall> calls = opened || json.failed() ? List.of() : calls(sound.toString());
        calls.forEach(readerContext.out()::call);
        if (opened || !calls.isEmpty()) {
            readerContext.tape().drop();
        } else {
            readerContext.giveBack();
        }
    }

    private List<ParsedToolCall> calls(String text) {
        boolean mayLackArguments = place == Place.MARKED && !json.brokenOff();
        CallExtractor reader = mayLackArguments
                ? CallExtractor.marked(readerContext.tools())
                : CallExtractor.unmarked(readerContext.tools());
        if (named == null) {
            return reader.calls(text);
        }
        List<ParsedToolCall> whole =
                CallExtractor.unmarked(readerContext.tools()).calls(text);
        boolean object = JsonMembers.isObject(text);
        return !whole.isEmpty() ? whole : object ? List.of(new ParsedToolCall(named, text)) : List.of();
    }
}
