package dev.qwen2api.upstream.qwen;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Lets {@code AttackTable} reach what reads the replies of the service. */
public final class ReplyAttacks {

    private ReplyAttacks() {}

    public static void catalogue(byte[] text) {
        ModelList.read(text);
    }

    public static void chat(byte[] text) {
        ChatReplies.newId(text);
    }

    public static void setCookies(List<String> lines) {
        RenewalReply.setCookies(HttpHeaders.of(Map.of("set-cookie", lines), (name, value) -> true), Instant.EPOCH);
    }
}
