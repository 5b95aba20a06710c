package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Credential;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.config.CookieList;
import dev.qwen2api.fuzz.Pieces;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.error.Operation;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the web service replies outside its streams, the cookies of a session, and the prompt that it is sent. */
public final class ReplyFuzz {

    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    private ReplyFuzz() {}

    /** A body; its first line, where it is short, stands for the headers that say more. */
    public static void replies(byte[] input) {
        String text = Pieces.text(input);
        int line = Math.min(text.length(), Math.max(0, text.indexOf('\n')));
        Optional<String> header = line == 0 || line > 80 ? Optional.empty() : Optional.of(text.substring(0, line));
        byte[] body = header.isEmpty() ? input : text.substring(line).getBytes(StandardCharsets.UTF_8);
        for (Operation operation : Operation.values()) {
            for (int status : new int[] {200, 403, 500}) {
                FailureClassifier.classify(operation, new Reply(status, header, header, body), NOW);
            }
        }
        ModelList.read(body);
        RenewalReply.cookies(body);
        ChatReplies.newId(body);
        ChatReplies.pictures(body);
    }

    /** Cookies as an owner pastes them, changed by {@code Set-Cookie} headers: one header a part. */
    public static void cookies(byte[] input) {
        List<String> parts = Pieces.parts(input, 3);
        Map<String, String> changes =
                RenewalReply.setCookies(HttpHeaders.of(Map.of("set-cookie", parts.subList(1, 3)), (a, b) -> true), NOW);
        for (var cookie : CookieList.parse(parts.get(0)).cookies()) {
            same(cookie.reveal(), CookieList.parse(cookie.reveal()).cookies());
            Credential.parse(cookie.reveal()).ifPresent(credential -> {
                again(credential);
                again(credential.with(changes));
            });
        }
    }

    private static void same(String cookie, List<?> read) {
        if (read.size() > 1 && !cookie.isEmpty()) {
            throw new AssertionError("one cookie is read as " + read.size());
        }
    }

    /** A session is stored as the text of its header. */
    private static void again(Credential credential) {
        credential.nearEndAt(NOW);
        if (!credential.token().isEmpty()
                && !Credential.parse(credential.cookieHeader())
                        .map(Credential::cookieHeader)
                        .equals(Optional.of(credential.cookieHeader()))) {
            throw new AssertionError("a session is not read as it was written");
        }
    }

    /** A conversation without attachments as the service is sent it. */
    public static void prompt(Conversation conversation) {
        if (conversation.turns().stream().allMatch(turn -> Media.in(turn).isEmpty())) {
            var resolved = new ResolvedConversation(
                    conversation, "qwen3-max", ChatType.TEXT, false, OptionalInt.empty(), Optional.empty());
            Transcript.of(resolved);
        }
    }
}
