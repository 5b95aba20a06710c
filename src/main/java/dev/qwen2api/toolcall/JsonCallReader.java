package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.toolcall.CallExtractor.ParsedToolCall;
import dev.qwen2api.toolcall.ReaderContext.TextReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON value that should be a call, or several. Where the tool is named first, the call is opened at once and
 * its arguments are passed on as they come; any other order waits for the end. What is no call is given back as soon as
 * that is known, but read to its end all the same: nothing in its strings is taken for a call.
 */
final class JsonCallReader implements TextReader {

    private final ReaderContext context;

    /** Whether marks around the JSON say that it is a call; in a fence it may be an example, or the answer. */
    private final boolean marked;

    /** Whether the marks stand on their own line, so that even the first bracket behind them begins a call. */
    private final boolean certain;

    /** The tool that was named before the JSON, which then holds its arguments. */
    private final @Nullable String named;

    private final TextReader next;
    private final LenientJson json = new LenientJson(JsonTerminator.CALL_MARKS);
    private final CallShapeDetector shape = new CallShapeDetector();
    private final StringBuilder valid = new StringBuilder();
    private boolean opened;
    private boolean refused;
    private int passedOn;

    private JsonCallReader(
            ReaderContext context, boolean marked, boolean certain, @Nullable String named, TextReader next) {
        this.context = context;
        this.marked = marked;
        this.certain = certain;
        this.named = named;
        this.next = next;
    }

    /** Reads a call that names its tool itself. */
    static TextReader of(ReaderContext context, boolean marked, boolean ownLine, TextReader next) {
        return new JsonCallReader(context, marked, marked && ownLine, null, next);
    }

    /** Reads the arguments of a call whose tool was named before. */
    static TextReader ofArguments(ReaderContext context, String named, TextReader next) {
        return new JsonCallReader(context, true, false, named, next);
    }

    @Override
    public TextReader read() {
        json.read(context.buffer(), valid);
        if (!refused && named == null) {
            follow();
        }
        if (refused) {
            context.giveBack();
        } else if (json.done()) {
            return finish();
        }
        return json.done() ? next : this;
    }

    private void follow() {
        shape.follow(valid);
        if (opened) {
            passOn();
            return;
        }
        if (shape.name().isEmpty()) {
            refused = shape.strange() && !marked;
            return;
        }
        Optional<String> name = marked
                ? context.tools().callable(shape.name())
                : context.tools().find(shape.name()).map(Tool::name);
        refused = name.isEmpty() || shape.strange() && !marked;
        if (!refused && shape.argumentsBegun()) {
            context.out().open(name.get());
            opened = true;
            passedOn = shape.argumentsStart();
            passOn();
        }
    }

    private void passOn() {
        int end = shape.argumentsEnd();
        context.out().arguments(valid.substring(passedOn, end));
        passedOn = end;
    }

    private TextReader finish() {
        if (json.cutOff() && !shape.argumentsComplete()) {
            return cutOff();
        }
        List<ParsedToolCall> calls = opened || json.failed() ? List.of() : calls(valid.toString());
        boolean withoutArguments =
                json.brokenOff() && json.begun() && context.buffer().used();
        if (!opened && calls.isEmpty() && marked && withoutArguments) {
            return cutOff();
        }
        calls.forEach(call -> context.out().call(call.name(), call.arguments()));
        if (opened || !calls.isEmpty()) {
            context.buffer().drop();
        } else {
            context.giveBack();
        }
        return next;
    }

    /** Ends the answer in an incomplete call; JSON that need not be a call is given back. */
    private TextReader cutOff() {
        if (named != null && json.begun()) {
            context.out().open(named);
            context.out().arguments(valid.toString());
            return context.cutOff();
        }
        boolean isCall = json.begun()
                ? marked || !shape.name().isEmpty()
                : certain && context.buffer().used();
        if (opened || isCall) {
            return context.cutOff();
        }
        context.giveBack();
        return next;
    }

    private List<ParsedToolCall> calls(String text) {
        ToolLookup tools = context.tools();
        if (named == null && marked) {
            return (json.brokenOff() ? CallExtractor.brokenOff(tools) : CallExtractor.marked(tools)).calls(text);
        }
        List<ParsedToolCall> calls = CallExtractor.unmarked(tools).calls(text);
        if (named == null || !calls.isEmpty() || !JsonMembers.isObject(text)) {
            return calls;
        }
        return List.of(new ParsedToolCall(named, text));
    }
}
