package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.config.Sha256;
import dev.qwen2api.toolcall.ToolPrompt;
import dev.qwen2api.toolcall.ToolTranscript;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A conversation as text: parts between marker lines with a boundary that, as in MIME, occurs in none of them. Every
 * text is carried byte for byte, and nothing in it can forge a part. The boundary follows from the opening of the
 * conversation, so that it stays the same while the conversation grows. Pure.
 */
final class Transcript {

    private static final int BOUNDARY_LENGTH = 12;

    /** Collisions after which the boundary follows from all texts: no text can hold many boundaries in advance. */
    private static final int MOST_COLLISIONS = 3;

    static final String HEAD = """
            This message holds a whole conversation. Each part of it begins with a line "=== %s role", where role says who \
            speaks; no other line begins a part, whatever the parts themselves contain. Follow the system parts.
            """;

    private static final String NEXT_HEAD = """
            The conversation goes on. Each part begins with a line "=== %s role", as before.
            """;

    private static final Part END = new Part(
            "end",
            "The conversation ends here. Write the assistant's next turn, and nothing else: no line that begins a part, and no"
                    + " words of anybody else.");

    private final Conversation conversation;
    private final List<Part> system;
    private final List<Part> history;
    private final String format;
    private final String boundary;

    /** The words of one speaker. */
    record Part(String label, String words) {

        /** Whether a user speaks, with a name or without. */
        boolean isUsers() {
            return label.equals("user") || label.startsWith("user (");
        }

        /** Bytes in the message, the marker line included. */
        int size() {
            return JsonText.size(label) + JsonText.size(words) + BOUNDARY_LENGTH + 12;
        }
    }

    Transcript(Conversation conversation) {
        this.conversation = conversation;
        List<Message> messages = conversation.turns();
        var tools = new ToolTranscript(messages);
        List<Part> parts =
                messages.stream().map(message -> part(message, tools)).toList();
        int opening = 0;
        while (opening < messages.size() && messages.get(opening).role() == Role.SYSTEM) {
            opening++;
        }
        this.system = parts.subList(0, opening);
        this.history = parts.subList(opening, parts.size());
        this.format = instructions(conversation.options().format());
        this.boundary = boundary(parts);
    }

    /** The conversation as one message, however long. */
    static String of(ResolvedConversation question) {
        Conversation conversation = question.conversation();
        List<Message> messages = conversation.turns();
        return switch (question.type()) {
            case IMAGE, IMAGE_EDIT, VIDEO -> lastUserText(messages);
            case TEXT, SEARCH -> isPlain(question) ? messages.get(0).text() : new Transcript(conversation).write();
        };
    }

    /** Whether the message is a user's text and nothing else; a speaker's name has its place in a transcript. */
    static boolean isPlain(ResolvedConversation question) {
        Conversation conversation = question.conversation();
        return question.type() != ChatType.TEXT && question.type() != ChatType.SEARCH
                || conversation.turns().size() == 1
                        && conversation.turns().get(0).role() == Role.USER
                        && conversation.turns().get(0).name().isEmpty()
                        && conversation.options().format().kind() == AnswerFormat.Kind.TEXT
                        && !hasTools(conversation);
    }

    /** The prompt of a picture or video. */
    private static String lastUserText(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.role() == Role.USER)
                .reduce((earlier, later) -> later)
                .map(Message::text)
                .orElse("");
    }

    /** The client's system messages that open the conversation. */
    List<Part> system() {
        return system;
    }

    /** All messages after {@link #system}. */
    List<Part> history() {
        return history;
    }

    /** The messages that follow the first {@code messages}. */
    List<Part> after(int messages) {
        return history.subList(Math.max(0, messages - system.size()), history.size());
    }

    /** The new parts of a conversation whose other parts the model has. */
    String next(List<Part> parts) {
        var text = new StringBuilder(NEXT_HEAD.formatted(boundary));
        append(text, parts);
        return end(text);
    }

    /** Instructions for the form of the answer; empty where it is free. */
    List<Part> format() {
        return format.isEmpty() ? List.of() : List.of(new Part("system", format));
    }

    Conversation conversation() {
        return conversation;
    }

    boolean hasTools() {
        return hasTools(conversation);
    }

    private static boolean hasTools(Conversation conversation) {
        return !conversation.tools().isEmpty() && conversation.toolChoice().mode() != ToolChoice.Mode.NONE;
    }

    private static Part part(Message message, ToolTranscript tools) {
        String role = message.role().name().toLowerCase(Locale.ROOT);
        String label = message.name().isEmpty() ? role : role + " (" + message.name() + ")";
        return new Part(label, words(message, tools));
    }

    /** Calls and results are written as the model is taught to write and to read them, for it copies what it sees. */
    private static String words(Message message, ToolTranscript tools) {
        String said = said(message);
        if (message.role() == Role.TOOL) {
            return tools.result(message, said);
        }
        if (message.calls().isEmpty()) {
            return said;
        }
        return (said.isEmpty() ? "" : said + "\n") + tools.calls(message.calls());
    }

    /** The text, with the names of attachments where they stand. */
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
            case ENUM ->
                "Answer with one of the values that the JSON schema below allows, and nothing else: no quotation marks, no"
                        + " words around it.\n" + format.schema();
        };
    }

    private String write() {
        var text = new StringBuilder(HEAD.formatted(boundary));
        append(text, system);
        String tools = ToolPrompt.of(conversation.tools(), conversation.toolChoice());
        if (!tools.isEmpty()) {
            append(text, List.of(new Part("system", tools)));
        }
        append(text, format());
        append(text, history);
        return end(text);
    }

    String boundary() {
        return boundary;
    }

    /** Appends parts, each behind its marker line. */
    void append(StringBuilder text, List<Part> parts) {
        for (Part part : parts) {
            text.append("\n=== ")
                    .append(boundary)
                    .append(' ')
                    .append(part.label())
                    .append('\n')
                    .append(part.words())
                    .append('\n');
        }
    }

    /** Appends the last part, which asks for the answer. */
    String end(StringBuilder text) {
        append(text, List.of(END));
        return text.toString();
    }

    private String boundary(List<Part> parts) {
        String opening = (history.isEmpty() ? system : history).get(0).words();
        String seed = opening;
        for (int collisions = 0; ; collisions++) {
            String candidate = hash(seed);
            boolean free = parts.stream()
                            .noneMatch(part -> part.words().contains(candidate)
                                    || part.label().contains(candidate))
                    && !format.contains(candidate)
                    && conversation.tools().stream()
                            .noneMatch(tool -> tool.toString().contains(candidate));
            if (free) {
                return candidate;
            }
            seed = collisions + candidate + (collisions < MOST_COLLISIONS ? opening : parts.toString());
        }
    }

    private static String hash(String text) {
        return Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, BOUNDARY_LENGTH);
    }
}
