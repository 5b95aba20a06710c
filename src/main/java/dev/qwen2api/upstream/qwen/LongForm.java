package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.toolcall.ToolPrompt;
import dev.qwen2api.upstream.qwen.Transcript.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes a conversation that is too long for one message. The rules for calls, a signature of every tool, the system
 * text as far as it fits, the user's last words and the newest messages stay in the message; the rest becomes
 * documents. These stay the same over many turns, so that each is uploaded once: the history in them ends at coarse
 * steps, and nothing in the one of the tools depends on the conversation. An expired attachment is ignored in silence,
 * so nothing that an answer needs may be in a document alone. Pure.
 */
final class LongForm {

    static final String HISTORY = "conversation.txt";
    static final String SYSTEM = "system.txt";
    static final String TOOLS = "tools.txt";

    /** The documents that the gateway may attach. */
    static final Set<String> NAMES = Set.of(HISTORY, SYSTEM, TOOLS);

    /** What the service takes as one document (PX, 2026-08). */
    private static final int LARGEST_DOCUMENT = 20 << 20;

    /** Room for the sentences and marker lines around the parts. */
    private static final int AROUND = 2_600;

    private static final String HEAD = """
            This message holds a conversation as far as it fits. Each part of it begins with a line "=== %s role", where \
            role says who speaks; no other line begins a part, whatever the parts themselves contain. \
            Follow the system parts.
            """;

    private final Transcript transcript;
    private final int longest;
    private final String tools;
    private final int lastUser;
    private final String systemText;
    private final int systemEnd;
    private final int cut;
    private final int window;
    private final Map<String, String> documents = new LinkedHashMap<>();

    /**
     * @param longest most bytes of the message as a JSON string
     * @throws UpstreamException if the user's last words do not fit
     */
    LongForm(Transcript transcript, int longest) throws UpstreamException {
        this.transcript = transcript;
        this.longest = longest;
        this.tools = tools();
        this.lastUser = lastUser();
        List<Part> format = transcript.format();
        int fixed = AROUND
                + JsonText.size(tools)
                + (format.isEmpty() ? 0 : format.get(0).size());
        int words = lastUser < 0 ? 0 : transcript.history().get(lastUser).size();
        int room = longest - fixed - words;
        if (room < 0) {
            throw new UpstreamException(Failure.of(
                    FailureKind.TOO_LONG,
                    "the user's last message and the tools have " + (fixed + words) + " bytes, a message takes "
                            + longest));
        }
        this.systemText = transcript.system().stream().map(Part::words).collect(Collectors.joining("\n\n"));
        this.systemEnd = JsonText.cut(systemText, Math.min(longest / 4, room));
        this.window = room - JsonText.size(systemText.substring(0, systemEnd));
        this.cut = cut();
        writeDocuments(room);
    }

    /** Rules and signatures; the schemas in place of these where they are short. Empty without tools. */
    private String tools() {
        if (!transcript.hasTools()) {
            return "";
        }
        Conversation conversation = transcript.conversation();
        var offered = ToolPrompt.offered(conversation.tools(), conversation.toolChoice());
        String rules = ToolPrompt.rules(conversation.toolChoice());
        String schemas = ToolPrompt.schemas(offered);
        if (JsonText.size(schemas) <= longest / 16) {
            return rules + "The tools, one a line:\n" + schemas;
        }
        documents.put(
                TOOLS, "The full definitions of the tools, one a line:\n" + ToolPrompt.schemas(conversation.tools()));
        return rules + "The tools, one a line, with their parameters; ? marks those that may be left out:\n"
                + ToolPrompt.signatures(offered);
    }

    private int lastUser() {
        List<Part> history = transcript.history();
        int at = history.size() - 1;
        while (at >= 0 && !history.get(at).isUsers()) {
            at--;
        }
        return at;
    }

    /**
     * How many messages of the history are left to the document: as few as possible, in coarse steps where that leaves
     * any.
     */
    private int cut() {
        List<Part> history = transcript.history();
        long[] before = new long[history.size() + 1];
        for (int i = 0; i < history.size(); i++) {
            before[i + 1] = before[i] + history.get(i).size();
        }
        long total = before[history.size()];
        int step = longest / 3;
        int finest = 0;
        while (total - before[finest] > window) {
            finest++;
        }
        int coarse = finest;
        while (coarse > 0 && coarse < history.size() && before[coarse] / step == before[coarse - 1] / step) {
            coarse++;
        }
        return coarse < history.size() ? coarse : finest;
    }

    private void writeDocuments(int room) throws UpstreamException {
        if (cut > 0) {
            var text = new StringBuilder(Transcript.HEAD
                    .formatted(transcript.boundary())
                    .replace(
                            "This message holds a whole conversation.",
                            "This file holds the beginning of a conversation."));
            transcript.append(text, transcript.history().subList(0, cut));
            documents.put(HISTORY, text.toString());
        }
        if (systemEnd < systemText.length()) {
            boolean usual = room >= longest / 4;
            documents.put(
                    SYSTEM,
                    usual
                            ? "The rest of the system part of a conversation:\n" + systemText.substring(systemEnd)
                            : "The system part of a conversation:\n" + systemText);
        }
        for (String text : documents.values()) {
            if (text.length() > LARGEST_DOCUMENT / 3 && JsonText.size(text) > LARGEST_DOCUMENT) {
                throw new UpstreamException(Failure.of(
                        FailureKind.TOO_LONG,
                        "the conversation is longer than a document of " + LARGEST_DOCUMENT + " bytes"));
            }
        }
    }

    /** @param most how many documents may be attached */
    PromptMessage write(int most) {
        List<String> attached = List.of(HISTORY, SYSTEM, TOOLS).stream()
                .filter(documents::containsKey)
                .limit(most)
                .toList();
        List<Media> files = attached.stream()
                .map(name -> new TextDocument(documents.getOrDefault(name, "")).named(name))
                .toList();
        return new PromptMessage(write(attached), omitted(attached), files, write(List.of()), omitted(List.of()));
    }

    private List<String> omitted(List<String> attached) {
        return documents.keySet().stream()
                .filter(name -> !attached.contains(name))
                .map(name -> switch (name) {
                    case HISTORY -> cut == 1 ? "1 message" : cut + " messages";
                    case SYSTEM -> "end of the system text";
                    default -> "full tool definitions";
                })
                .toList();
    }

    private String write(List<String> attached) {
        var text = new StringBuilder(HEAD.formatted(transcript.boundary()));
        List<String> missing = omitted(attached);
        if (!missing.isEmpty()) {
            text.append("Left out, because it is too long: ")
                    .append(String.join("; ", missing))
                    .append(".\n");
        }
        if (!attached.isEmpty()) {
            text.append("Read what belongs to it in the attached files before you answer: ")
                    .append(String.join(", ", attached))
                    .append(".\n");
        }
        transcript.append(text, systemParts(attached));
        if (!tools.isEmpty()) {
            String more =
                    attached.contains(TOOLS) ? "Their full definitions are in the attached file " + TOOLS + ".\n" : "";
            transcript.append(text, List.of(new Part("system", tools + more)));
        }
        transcript.append(text, transcript.format());
        transcript.append(text, newest(attached));
        return transcript.end(text);
    }

    private List<Part> systemParts(List<String> attached) {
        if (systemEnd == systemText.length()) {
            return transcript.system();
        }
        String rest = attached.contains(SYSTEM)
                ? "[it goes on in the attached file " + SYSTEM + "]"
                : "[the rest is too long and is left out]";
        return List.of(new Part("system", systemText.substring(0, systemEnd) + "\n" + rest));
    }

    private List<Part> newest(List<String> attached) {
        List<Part> history = transcript.history();
        if (cut == 0) {
            return history;
        }
        boolean file = attached.contains(HISTORY);
        var parts = new ArrayList<Part>();
        parts.add(new Part(
                "system",
                (cut == 1 ? "The first message is " : "The first " + cut + " messages are ")
                        + (file ? "in the attached file " + HISTORY : "left out, because the conversation is too long")
                        + (lastUser >= 0 && lastUser < cut ? "; the user's last words among them follow here." : ".")));
        if (lastUser >= 0 && lastUser < cut) {
            parts.add(history.get(lastUser));
        }
        parts.addAll(history.subList(cut, history.size()));
        if (cut == history.size() && lastUser != cut - 1) {
            Part last = history.get(cut - 1);
            int end = JsonText.cut(last.words(), Math.max(0, window - AROUND / 4));
            String rest = file ? "is in the attached file " + HISTORY : "is too long and is left out";
            parts.add(new Part(last.label(), last.words().substring(0, end) + "\n[the rest of this " + rest + "]"));
        }
        return parts;
    }
}
