package dev.qwen2api.upstream.qwen.stream;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.toolcall.ToolCallParser;
import dev.qwen2api.toolcall.ToolTranscript;
import dev.qwen2api.upstream.qwen.stream.Frame.Delta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds calls of the client's tools that the model makes in other ways than it was taught: by frames of the service's own tool
 * calling (13 row 24: RF #165, OR #7094, 2026-07 to 2026-09), or in its thinking with no answer after it (13 row 25: RF #164,
 * 2026-08). Both become text in the form that is taught. Used by one thread.
 */
final class NativeCalls {

    /** What the service answers in the name of a tool that only the client has. */
    private static final Pattern MISSING = Pattern.compile("Tool (\\S{1,100}) does not exists?\\.?\\s*");

    /** Longer thoughts are no calls. */
    private static final int LONGEST_THOUGHT = 1 << 18;

    private final AnswerContext context;
    private final Map<String, ToolCall> calls = new LinkedHashMap<>();
    private final StringBuilder thought = new StringBuilder();
    private boolean missing;

    NativeCalls(AnswerContext context) {
        this.context = context;
    }

    /** Arguments come as the whole so far, so the last frame of a call has all of them. */
    void take(Delta delta) {
        ToolCall call = delta.call();
        if (call != null && isOffered(call.name()) && !isServices(delta, call)) {
            calls.put(call.id().isEmpty() ? call.name() : call.id(), call);
        }
        Matcher refusal = MISSING.matcher(delta.byAssistant() ? "" : delta.content());
        missing |= refusal.matches() && isOffered(refusal.group(1));
    }

    private boolean isOffered(String name) {
        return context.tools().stream().anyMatch(tool -> tool.name().equals(name));
    }

    /** The service calls its own tools in phases of their names. */
    private static boolean isServices(Delta delta, ToolCall call) {
        return delta.phase().equals(call.name()) && delta.knownPhase() != Phase.UNKNOWN;
    }

    void think(String words) {
        if (!context.tools().isEmpty() && thought.length() + words.length() <= LONGEST_THOUGHT) {
            thought.append(words);
        }
    }

    /** Whether the service refused a tool of the client's, as if the model should have called one of the service's. */
    boolean isRefused() {
        return missing;
    }

    /** The calls as text in the form that is taught; empty where there are none. */
    String written() {
        List<ToolCall> whole = new ArrayList<>(calls.values());
        whole.removeIf(
                call -> !call.arguments().isBlank() && !call.arguments().strip().endsWith("}"));
        return new ToolTranscript(List.of()).calls(whole);
    }

    /** The thinking, where it is a call and nothing else; else empty. */
    String thoughtCall() {
        var events = new ArrayList<AnswerEvent>();
        var parser = new ToolCallParser(context.tools(), () -> "call", events::add);
        parser.on(new AnswerEvent.Text(thought.toString()));
        parser.on(new AnswerEvent.Finished(AnswerEvent.Finished.Reason.STOP));
        boolean called = events.stream().anyMatch(AnswerEvent.ToolCallOpened.class::isInstance);
        boolean said = events.stream()
                .anyMatch(event ->
                        event instanceof AnswerEvent.Text text && !text.text().isBlank());
        return called && !said ? thought.toString() : "";
    }
}
