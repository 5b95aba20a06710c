package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.toolcall.ToolPrompt;
import dev.qwen2api.toolcall.ToolTranscript;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes a conversation into the one message that the upstream takes a turn. Turns are told apart by marker lines with
 * a boundary that, as in MIME, occurs nowhere in the conversation: every text is carried byte for byte, and nothing in
 * it can forge a turn. The boundary follows from the conversation, so the same one reads the same each time. Pure.
 */
final class Transcript {

    /** What the message calls the document. */
    static final String DOCUMENT = "conversation.txt";

    private static final int BOUNDARY_LENGTH = 12;

    private static final String HEAD = """
            This message holds a whole conversation. Each part of it begins with a line "=== %s role", where role \
            says who \
            speaks; no other line begins a part, whatever the parts themselves contain. Follow the system parts.
            """;

    private static final String ALL_IN_DOCUMENT =
            "The message is long and is in the attached file " + DOCUMENT + ". Read all of it and answer it.";

    private static final String TAIL_HEAD = """
            This message holds the end of a conversation; its beginning is in the attached file %s. Read that file \
            first: its \
            system parts hold here too. Each part begins with a line "=== %s role", where role says who speaks; no \
            other line \
            begins a part, whatever the parts themselves contain.
            """;

    /** Room for the lines around the parts. */
    private static final int AROUND = 2_000;

    private static final String END =
            "The conversation ends here. Write the assistant's next turn, and nothing else: no line that begins a part, and no"
                    + " words of anybody else.";

    private final List<Part> parts;

    /** What one speaker says. */
    private record Part(String label, String words) {

        int length() {
            return size(label) + size(words) + BOUNDARY_LENGTH + 12;
        }
    }

    private Transcript(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * What is sent.
     *
     * @param words the message
     * @param document what would have made it too long, as the text of a file that goes along
     */
    record PromptMessage(String words, Optional<String> document) {}

    /** As a message of at most {@code longest} bytes of JSON; the rest, the oldest of it, becomes a document. */
    static PromptMessage of(ResolvedConversation resolvedConversation, int longest) {
        String whole = of(resolvedConversation);
        if (size(whole) <= longest) {
            return new PromptMessage(whole, Optional.empty());
        }
        List<Part> parts = parts(resolvedConversation);
        return isPlain(resolvedConversation, parts)
                ? new PromptMessage(ALL_IN_DOCUMENT, Optional.of(whole))
                : new Transcript(parts).split(longest);
    }

    private static List<Part> parts(ResolvedConversation resolvedConversation) {
        Conversation conversation = resolvedConversation.conversation();
        return parts(
                conversation.turns(),
                ToolPrompt.of(conversation.tools(), conversation.toolChoice()),
                instructions(conversation.options().format()));
    }

    private static boolean isPlain(ResolvedConversation resolvedConversation, List<Part> parts) {
        boolean spoken = resolvedConversation.type() == ChatType.TEXT || resolvedConversation.type() == ChatType.SEARCH;
        return !spoken || parts.size() == 1;
    }

    /**
     * Bytes of UTF-8 that a text has as a JSON string: that, not the number of characters, is what the service limits.
     */
    static int size(String text) {
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                size += "\b\t\n\f\r".indexOf(c) >= 0 ? 2 : 6;
            } else if (c < 0x80) {
                size += c == '"' || c == '\\' ? 2 : 1;
            } else {
                size += c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            }
        }
        return size;
    }

    /** The message's text. */
    static String of(ResolvedConversation resolvedConversation) {
        Conversation conversation = resolvedConversation.conversation();
        List<Message> turns = conversation.turns();
        String toolInstructions = ToolPrompt.of(conversation.tools(), conversation.toolChoice());
        String format = instructions(conversation.options().format());
        boolean alone = turns.size() == 1 && turns.get(0).role() == Role.USER;
        return switch (resolvedConversation.type()) {
            case IMAGE, IMAGE_EDIT, VIDEO -> lastWish(turns);
            case TEXT, SEARCH ->
                alone && format.isEmpty() && toolInstructions.isEmpty()
                        ? turns.get(0).text()
                        : new Transcript(parts(turns, toolInstructions, format)).write();
        };
    }

    /** A painter is told what to paint, not what was said before. */
    private static String lastWish(List<Message> turns) {
        return turns.stream()
                .filter(message -> message.role() == Role.USER)
                .reduce((earlier, later) -> later)
                .map(Message::text)
                .orElse("");
    }

    /** The client's system turns that open the conversation, our instructions, then everything else in its order. */
    private static List<Part> parts(List<Message> turns, String toolInstructions, String format) {
        var parts = new ArrayList<Part>();
        var tools = new ToolTranscript(turns);
        int opening = 0;
        while (opening < turns.size() && turns.get(opening).role() == Role.SYSTEM) {
            opening++;
        }
        turns.subList(0, opening).forEach(message -> parts.add(part(message, tools)));
        for (String instructions : List.of(toolInstructions, format)) {
            if (!instructions.isEmpty()) {
                parts.add(new Part("system", instructions));
            }
        }
        turns.subList(opening, turns.size()).forEach(message -> parts.add(part(message, tools)));
        return parts;
    }

    private static Part part(Message message, ToolTranscript tools) {
        return new Part(message.role().name().toLowerCase(Locale.ROOT), words(message, tools));
    }

    /** Calls and results are written as the model is taught to write and to read them, for it copies what it sees. */
    private static String words(Message message, ToolTranscript tools) {
        String said = said(message);
        if (message.role() == Role.TOOL) {
            return tools.result(message.callId(), said);
        }
        if (message.calls().isEmpty()) {
            return said;
        }
        return (said.isEmpty() ? "" : said + "\n") + tools.calls(message.calls());
    }

    /** The words, and where in them what was attached. */
    private static String said(Message message) {
        return message.parts().stream()
                .map(part ->
                        part instanceof Media media ? "[attached: " + media.name() + "]" : ((Message.Text) part).text())
                .collect(Collectors.joining("\n"));
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

    /** The newest parts that fit stay in the message. */
    private PromptMessage split(int longest) {
        String boundary = boundary();
        int first = parts.size();
        int length = AROUND;
        while (first > 0 && length + parts.get(first - 1).length() <= longest) {
            first--;
            length += parts.get(first).length();
        }
        var document = new StringBuilder(HEAD.formatted(boundary));
        parts.subList(0, first).forEach(part -> mark(document, boundary, part));
        var text = new StringBuilder(TAIL_HEAD.formatted(DOCUMENT, boundary));
        parts.subList(first, parts.size()).forEach(part -> mark(text, boundary, part));
        mark(text, boundary, new Part("end", END));
        return new PromptMessage(text.toString(), Optional.of(document.toString()));
    }

    private String write() {
        String boundary = boundary();
        var text = new StringBuilder(HEAD.formatted(boundary));
        parts.forEach(part -> mark(text, boundary, part));
        mark(text, boundary, new Part("end", END));
        return text.toString();
    }

    private static void mark(StringBuilder text, String boundary, Part part) {
        text.append("\n=== ")
                .append(boundary)
                .append(' ')
                .append(part.label())
                .append('\n')
                .append(part.words())
                .append('\n');
    }

    private String boundary() {
        String all =
                parts.stream().map(part -> part.label() + "\n" + part.words()).collect(Collectors.joining("\n"));
        String boundary = hash(all);
        while (all.contains(boundary)) {
            boundary = hash(boundary + all);
        }
        return boundary;
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
