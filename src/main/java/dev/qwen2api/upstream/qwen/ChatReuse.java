package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.toolcall.ToolTranscript;
import dev.qwen2api.upstream.qwen.ReusableChats.Found;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides for one request whether it goes on in a chat that has the conversation so far, and whether its own chat is
 * kept for the next one: only if the service's copy of the answer is the client's.
 */
final class ChatReuse {

    /** Answers of more characters are not compared with the client's copy. */
    private static final int LONGEST = 1 << 20;

    private final StringBuilder raw = new StringBuilder();
    private final ReusableChats chats;
    private final ResolvedConversation question;
    private final Optional<ConversationFingerprint> fingerprint;
    private final int longest;

    ChatReuse(ReusableChats chats, ResolvedConversation question, int longest) {
        this.chats = chats;
        this.question = question;
        this.longest = longest;
        this.fingerprint = fingerprint(chats, question);
    }

    /** The fingerprint of a conversation that could go on in a chat. */
    static Optional<ConversationFingerprint> fingerprint(ReusableChats chats, ResolvedConversation question) {
        boolean spoken = switch (question.type()) {
            case TEXT, SEARCH -> true;
            case IMAGE, IMAGE_EDIT, VIDEO -> false;
        };
        return chats.isOn() && spoken && !question.client().isEmpty()
                ? Optional.of(new ConversationFingerprint(question))
                : Optional.empty();
    }

    /** The new messages alone, for a chat that has the others; its caller has the chat for itself. */
    Optional<Prompt> next(Account account, Consumer<ReusableChats.Chat> unusable) {
        Optional<Found> found = fingerprint.flatMap(known -> chats.take(known, account));
        Optional<Prompt> prompt = found.flatMap(each ->
                Prompt.next(question, longest, each.messages(), each.chat().place()));
        if (prompt.isEmpty()) {
            found.ifPresent(each -> unusable.accept(each.chat()));
        }
        return prompt;
    }

    private boolean isOn() {
        return fingerprint.isPresent();
    }

    /** The prompt with the whole conversation. */
    Prompt whole() throws UpstreamException {
        return Prompt.of(question, longest);
    }

    /** Whether the failure of a message to an older chat may have its cause in that chat. */
    static boolean mayBeOfTheChat(Failure failure) {
        return switch (failure.kind()) {
            case TOO_LONG, BAD_INPUT, EMPTY -> true;
            default -> false;
        };
    }

    /** Records the text of the answer as the service sends it. */
    void on(AnswerEvent event) {
        if (event instanceof AnswerEvent.Text text && isOn() && raw.length() < LONGEST) {
            raw.append(text.text());
        }
    }

    /** Forgets an answer that did not come to its end. */
    void clear() {
        raw.setLength(0);
    }

    /** Whether the client's copy of the answer is the service's. */
    boolean isSame(Message answer) {
        if (!isOn() || raw.length() >= LONGEST) {
            return false;
        }
        String calls = new ToolTranscript(List.of()).calls(answer.calls());
        String text = answer.text() + calls;
        return text.contentEquals(raw) || isSameButForBlanks(text, raw);
    }

    private static boolean isSameButForBlanks(CharSequence one, CharSequence other) {
        int at = visible(one, 0);
        int beside = visible(other, 0);
        while (at < one.length() && beside < other.length() && one.charAt(at) == other.charAt(beside)) {
            at = visible(one, at + 1);
            beside = visible(other, beside + 1);
        }
        return at == one.length() && beside == other.length();
    }

    /** The first place from here that holds no blank. */
    private static int visible(CharSequence text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Keeps the chat for the request that goes on behind this answer. */
    void keep(Message answer, Account account, String chatId, String responseId, Instant end) {
        String boundary = Transcript.isPlain(question) ? "" : new Transcript(question.conversation()).boundary();
        var place = new Prompt.Continued(chatId, responseId, boundary, end);
        var chat = new ReusableChats.Chat(account, place, chats.until(end));
        fingerprint.ifPresent(known -> chats.offer(known.after(answer), chat));
    }
}
