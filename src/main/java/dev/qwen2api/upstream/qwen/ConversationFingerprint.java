package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.config.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fingerprints of every beginning of a conversation, each a hash over the client's key, the model, the tools and all
 * messages so far. Two conversations with the same fingerprint are the same to the model. What clients change when they
 * send an answer back (blanks at its ends, the form of the arguments' JSON, ids of calls) makes no difference.
 */
final class ConversationFingerprint {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final MessageDigest digest = Sha256.inPieces();
    private final List<String> beginnings = new ArrayList<>();
    private final Map<String, Integer> calls = new HashMap<>();

    ConversationFingerprint(ResolvedConversation question) {
        Conversation conversation = question.conversation();
        add(question.client());
        add(question.model());
        add(question.type().name());
        add(conversation.toolChoice().mode().name());
        add(conversation.toolChoice().name());
        add(conversation.options().format().kind().name());
        add(conversation.options().format().schema());
        conversation.tools().forEach(tool -> {
            add(tool.name());
            add(tool.description());
            add(tool.parameters());
        });
        beginnings.add(hash());
        conversation.turns().forEach(message -> beginnings.add(after(message)));
    }

    /** The fingerprint of the first {@code messages} messages. */
    String of(int messages) {
        return beginnings.get(messages);
    }

    /** The number of messages. */
    int size() {
        return beginnings.size() - 1;
    }

    /** The fingerprint of the whole conversation with one more message. */
    String after(Message message) {
        add(beginnings.get(beginnings.size() - 1));
        add(message.role().name());
        // The service's own copy of an answer has no name.
        add(message.role() == Role.ASSISTANT ? "" : message.name());
        int place = 0;
        for (Message.Part part : message.parts()) {
            if (part instanceof Message.Text words) {
                place += words.text().length();
            } else if (part instanceof Media media) {
                add(media.kind().name() + " " + place + " " + media.name());
                add(
                        media.source() instanceof Media.Attached here
                                ? here.attachment().sha256()
                                : "");
            }
        }
        add(message.role() == Role.ASSISTANT ? message.text().strip() : message.text());
        for (ToolCall call : message.calls()) {
            calls.put(call.id(), calls.size());
            add(call.name());
            add(canonical(call.arguments()));
        }
        if (message.role() == Role.TOOL) {
            Integer number = calls.get(message.callId());
            add(number == null ? "id " + message.callId() : number.toString());
        }
        return hash();
    }

    private static String canonical(String arguments) {
        try {
            return JSON.writeValueAsString(JSON.readValue(arguments.isBlank() ? "{}" : arguments, Object.class));
        } catch (JsonProcessingException broken) {
            return arguments;
        }
    }

    /** With its length, so that no two sequences of texts read the same. */
    private void add(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    /** The hash of what was added since the last one. */
    private String hash() {
        return Sha256.hex(digest);
    }
}
