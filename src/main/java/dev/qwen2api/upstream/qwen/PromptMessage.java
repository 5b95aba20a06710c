package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.Media;
import java.util.List;

/**
 * The one message that a conversation is written into, with the documents that carry what does not fit.
 *
 * @param text the message
 * @param omitted what neither the message nor a document has; empty if nothing is missing
 * @param documents files that the message refers to
 * @param alone the message for the case that the documents cannot be attached
 * @param omittedAlone what is missing in that case
 */
record PromptMessage(
        String text, List<String> omitted, List<Media> documents, String alone, List<String> omittedAlone) {

    PromptMessage {
        omitted = List.copyOf(omitted);
        documents = List.copyOf(documents);
        omittedAlone = List.copyOf(omittedAlone);
    }

    /** A message that lacks nothing. */
    static PromptMessage whole(String text) {
        return new PromptMessage(text, List.of(), List.of(), text, List.of());
    }

    PromptMessage withoutDocuments() {
        return new PromptMessage(alone, omittedAlone, List.of(), alone, omittedAlone);
    }
}
