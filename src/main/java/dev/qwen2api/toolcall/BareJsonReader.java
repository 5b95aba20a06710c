package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallExtractor.ParsedToolCall;
import dev.qwen2api.toolcall.ReaderContext.TextReader;
import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads JSON that begins a line with nothing around it. It is calls only if all of it names offered tools, or is the
 * whole answer, and nothing follows but more of them, a closing mark that was never opened, a played result, or the
 * end.
 */
final class BareJsonReader implements TextReader {

    private final ReaderContext context;

    /** Whether it may name a tool that is not offered: it is the whole answer, and that is not to be JSON. */
    private final boolean mayNameAny;

    private final List<ParsedToolCall> calls = new ArrayList<>();
    private LenientJson json = new LenientJson(JsonTerminator.CALL_MARKS);
    private CallShapeDetector shape = new CallShapeDetector();
    private final StringBuilder valid = new StringBuilder();
    private boolean refused;

    BareJsonReader(ReaderContext context) {
        this.context = context;
        this.mayNameAny = context.out().nothingYet() && !context.structured();
    }

    @Override
    public TextReader read() {
        TextReader next;
        do {
            next = json.done() ? this : readJson();
        } while (next == this && json.done() && beginsAnother());
        return next == this && json.done() ? readBehind() : next;
    }

    /** Reads on in one value; this reader while all of it may be calls. */
    private TextReader readJson() {
        json.read(context.buffer(), valid);
        shape.follow(valid);
        refused |= shape.strange() || !shape.name().isEmpty() && !isCallable();
        if (refused) {
            context.giveBack();
        }
        if (!json.done()) {
            return this;
        }
        if (!refused && json.cutOff() && !shape.name().isEmpty()) {
            return cutOff();
        }
        List<ParsedToolCall> found = refused || json.failed() || json.cutOff() ? List.of() : found();
        calls.addAll(found);
        return found.isEmpty() ? noCalls() : this;
    }

    private boolean isCallable() {
        return context.tools().find(shape.name()).isPresent()
                || mayNameAny
                        && !shape.foreign()
                        && context.tools().callable(shape.name()).isPresent();
    }

    private List<ParsedToolCall> found() {
        CallExtractor extractor =
                mayNameAny ? CallExtractor.explicit(context.tools()) : CallExtractor.unmarked(context.tools());
        return extractor.calls(valid.toString());
    }

    private boolean beginsAnother() {
        TextBuffer textBuffer = context.buffer();
        textBuffer.skipBlanks();
        boolean begins = !textBuffer.used() && textBuffer.current() == '{';
        if (begins) {
            json = new LenientJson(JsonTerminator.CALL_MARKS);
            shape = new CallShapeDetector();
            valid.setLength(0);
        }
        return begins;
    }

    private TextReader readBehind() {
        TextBuffer textBuffer = context.buffer();
        if (textBuffer.used()) {
            return textBuffer.ended() ? calls() : this;
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, textBuffer.at());
        MatchResult played = PlayedTurn.at(textBuffer, true);
        if (callTag.type() == CallTag.TagType.MORE || played == MatchResult.MORE) {
            return this;
        }
        return callTag.type() == CallTag.TagType.NONE && played == MatchResult.NO ? noCalls() : calls();
    }

    private TextReader calls() {
        calls.forEach(call -> context.out().call(call.name(), call.arguments()));
        context.buffer().drop();
        return context.prose();
    }

    /** Ends the answer in an incomplete call. */
    private TextReader cutOff() {
        if (!shape.argumentsBegun()) {
            context.giveBack();
            return context.cutOff();
        }
        calls();
        context.out().open(context.tools().callable(shape.name()).orElseThrow());
        context.out().arguments(valid.substring(shape.argumentsStart(), shape.argumentsEnd()));
        return shape.argumentsComplete() ? context.prose() : context.cutOff();
    }

    private TextReader noCalls() {
        context.giveBack();
        return context.prose();
    }
}
