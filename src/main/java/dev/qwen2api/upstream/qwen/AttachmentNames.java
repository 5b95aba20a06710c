package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.ResolvedConversation;
import java.util.HashMap;
import java.util.Map;

/** Gives different attachments of a conversation different names, by which the message can refer to them. */
final class AttachmentNames {

    /** The content's digest by the name in use. */
    private final Map<String, String> taken = new HashMap<>();

    private AttachmentNames() {
        LongForm.NAMES.forEach(name -> taken.put(name, ""));
    }

    static ResolvedConversation distinct(ResolvedConversation given) {
        Conversation conversation = given.conversation();
        if (conversation.turns().stream().allMatch(message -> Media.in(message).isEmpty())) {
            return given;
        }
        var names = new AttachmentNames();
        var messages = conversation.turns().stream()
                .map(message -> new Message(
                        message.role(),
                        message.parts().stream().map(names::distinct).toList(),
                        message.calls(),
                        message.callId()))
                .toList();
        return given.with(conversation.withTurns(messages));
    }

    private Message.Part distinct(Message.Part part) {
        if (!(part instanceof Media media) || !(media.source() instanceof Media.Attached attached)) {
            return part;
        }
        String content = attached.attachment().sha256();
        int dot = media.name().lastIndexOf('.');
        String stem = dot > 0 ? media.name().substring(0, dot) : media.name();
        String extension = dot > 0 ? media.name().substring(dot) : "";
        String name = media.name();
        for (int number = 2; !taken.getOrDefault(name, content).equals(content); number++) {
            name = stem + "-" + number + extension;
        }
        taken.put(name, content);
        return name.equals(media.name()) ? media : media.with(media.kind(), name, attached.attachment());
    }
}
