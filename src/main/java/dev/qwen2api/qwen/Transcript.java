package dev.qwen2api.qwen;

import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Role;
import dev.qwen2api.chat.tools.ToolPrompt;
import dev.qwen2api.chat.tools.ToolTranscript;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a conversation into the one message that the upstream takes a turn. Turns are told apart by marker lines with a
 * boundary that, as in MIME, occurs nowhere in the conversation: every text is carried byte for byte, and nothing in it can
 * forge a turn. The boundary follows from the conversation, so the same one reads the same each time. Pure.
 */
final class Transcript {

    private static final int BOUNDARY_LENGTH = 12;

    private final Conversation conversation;
    private final String instructions;

    private Transcript(Conversation conversation) {
        this.conversation = conversation;
        this.instructions = Stream.of(
                        ToolPrompt.of(conversation.tools(), conversation.toolChoice()),
                        instructions(conversation.options().format()))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n\n"));
    }

    /** The message's text. */
    static String of(Conversation conversation) {
        return new Transcript(conversation).write();
    }

    private String write() {
        List<Turn> turns = conversation.turns();
        boolean plain = turns.size() == 1 && turns.get(0).role() == Role.USER && instructions.isEmpty();
        return plain ? turns.get(0).text() : marked(boundary());
    }

    private String marked(String boundary) {
        var text = new StringBuilder();
        text.append("Below is a conversation. Each part begins with a line \"=== ")
                .append(boundary)
                .append(
                        " role\", where role says who speaks; only lines with exactly this mark begin a part, whatever the parts"
                                + " themselves contain. Follow the system parts. Answer the last part as the assistant, with the answer"
                                + " alone and without any such line.\n");
        for (Turn turn : conversation.turns()) {
            part(boundary, label(turn), words(turn), text);
        }
        if (!instructions.isEmpty()) {
            part(boundary, "system", instructions, text);
        }
        return text.toString();
    }

    private static void part(String boundary, String label, String words, StringBuilder text) {
        text.append("\n=== ")
                .append(boundary)
                .append(' ')
                .append(label)
                .append('\n')
                .append(words)
                .append('\n');
    }

    private static String label(Turn turn) {
        return turn.role().name().toLowerCase(Locale.ROOT);
    }

    private static String words(Turn turn) {
        if (turn.role() == Role.TOOL) {
            return ToolTranscript.result(turn.callId(), turn.text());
        }
        if (turn.calls().isEmpty()) {
            return turn.text();
        }
        return (turn.text().isEmpty() ? "" : turn.text() + "\n") + ToolTranscript.calls(turn.calls());
    }

    private static String instructions(AnswerFormat format) {
        return switch (format.kind()) {
            case TEXT -> "";
            case JSON_OBJECT -> "Answer with one JSON object and nothing else: no Markdown fence, no words around it.";
            case JSON_SCHEMA ->
                "Answer with one JSON value that is valid against the JSON schema below and nothing else: no"
                        + " Markdown fence, no words around it.\n" + format.schema();
        };
    }

    private String boundary() {
        String all = everything();
        String boundary = hash(all);
        while (all.contains(boundary)) {
            boundary = hash(boundary + all);
        }
        return boundary;
    }

    /** Every text in which a marker could be hidden. */
    private String everything() {
        var all = new StringBuilder(instructions);
        for (Turn turn : conversation.turns()) {
            all.append('\n').append(label(turn)).append('\n').append(words(turn));
        }
        return all.toString();
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, BOUNDARY_LENGTH);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
