package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.AnswerAccumulator.Rules;
import dev.qwen2api.api.openai.items.OfferedTools;
import dev.qwen2api.api.openai.items.ToolForm;
import dev.qwen2api.chat.AnswerEvent.Finished;

/**
 * How a chat completion prints tool calls.
 *
 * @param offer the tools that the client offered
 * @param legacy whether the one call is a {@code function_call}, as for a client that offers {@code functions}
 * @param parallel whether the answer may hold more than one call
 */
record CallFormat(OfferedTools offer, boolean legacy, boolean parallel) {

    /** Any number of functions. */
    static final CallFormat FUNCTIONS = new CallFormat(OfferedTools.NONE, false, true);

    Rules rules() {
        return parallel ? Rules.INTERLEAVED : new Rules(false, true, false);
    }

    /** Whether a tool takes free text in place of JSON. */
    boolean isCustom(String name) {
        return offer.known(name).form() == ToolForm.CUSTOM;
    }

    String finishReason(Finished.Reason reason) {
        return legacy && reason == Finished.Reason.TOOL_CALLS ? "function_call" : Completion.finishReason(reason);
    }
}
