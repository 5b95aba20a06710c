package dev.qwen2api.upstream.qwen.stream;

import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.toolcall.MissingToolReply;
import dev.qwen2api.upstream.qwen.stream.Frame.Delta;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the calls of the client's tools that the model makes by frames of the service's own tool calling (13 row 24:
 * RF #165, OR #7094, 2026-07 to 2026-09). Used by one thread.
 */
final class NativeCalls {

    /** Most characters of all calls: several times what a model can write in one answer. */
    private static final int MOST_CHARACTERS = 1 << 20;

    /** Characters that a call counts beside its own. */
    private static final int OVERHEAD = 100;

    private final AnswerContext context;
    private final Map<String, ToolCall> calls = new LinkedHashMap<>();
    private int characters;
    private boolean overflowing;
    private boolean missing;

    NativeCalls(AnswerContext context) {
        this.context = context;
    }

    /** Arguments come as the whole so far, so the last frame of a call has all of them. */
    void take(Delta delta) {
        ToolCall call = delta.call();
        if (call != null && isOffered(call.name()) && !isServices(delta, call)) {
            keep(call.id().isEmpty() ? call.name() : call.id(), call);
        }
        if (!delta.byAssistant() && !context.tools().isEmpty()) {
            missing |= MissingToolReply.tool(delta.content())
                    .filter(this::isOffered)
                    .isPresent();
        }
    }

    private void keep(String key, ToolCall call) {
        ToolCall before = calls.get(key);
        int more = size(call) - (before == null ? 0 : size(before));
        overflowing |= characters + more > MOST_CHARACTERS;
        if (!overflowing) {
            calls.put(key, call);
            characters += more;
        }
    }

    private static int size(ToolCall call) {
        return OVERHEAD + call.id().length() + call.arguments().length();
    }

    private boolean isOffered(String name) {
        return context.tools().stream().anyMatch(tool -> tool.name().equals(name));
    }

    /** The service calls its own tools in phases of their names. */
    private static boolean isServices(Delta delta, ToolCall call) {
        return delta.phase().equals(call.name()) && delta.knownPhase() != Phase.UNKNOWN;
    }

    /** Whether the service refused a tool of the client's, as if the model should have called one of the service's. */
    boolean isRefused() {
        return missing;
    }

    /** Whether a call was passed over because of the length of all calls. */
    boolean isOverflowing() {
        return overflowing;
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Passes the calls on; one whose arguments are cut off stays open, which the reader of calls sees. */
    void emit(AnswerListener listener) {
        int index = 0;
        for (Map.Entry<String, ToolCall> each : calls.entrySet()) {
            ToolCall call = each.getValue();
            listener.on(new ToolCallOpened(index, each.getKey(), call.name()));
            if (!call.arguments().isEmpty()) {
                listener.on(new ToolCallArguments(index, call.arguments()));
            }
            index++;
        }
        calls.clear();
    }
}
