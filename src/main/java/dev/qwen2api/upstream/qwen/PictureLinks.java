package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Judges the links of finished pictures before they are handed out: the service has published dead ones, which answer
 * 404 or with a small page. A dead link is read back once from the stored chat, which costs nothing (13 row 14,
 * 2026-09). Thread-safe.
 */
final class PictureLinks {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final QwenClient client;
    private final AnswerContext context;

    /** @param context tells the client's own pictures, which an edit may echo (13 row 2), from results */
    PictureLinks(QwenClient client, AnswerContext context) {
        this.client = client;
        this.context = context;
    }

    /**
     * The links that lead to pictures; empty where none does. Never fails: a link that cannot be judged is believed.
     */
    CompletableFuture<List<String>> live(Account account, String chatId, List<String> urls) {
        return judged(urls)
                .thenCompose(live -> live.size() == urls.size()
                        ? CompletableFuture.completedFuture(live)
                        : readBack(account, chatId, live));
    }

    private CompletableFuture<List<String>> readBack(Account account, String chatId, List<String> live) {
        return client.chat(account, chatId)
                .handle((reply, broken) -> reply == null ? List.<String>of() : ChatReplies.pictures(reply.body()))
                .thenCompose(stored -> judged(stored.stream()
                        .filter(url -> !live.contains(url) && !context.isAttached(url))
                        .toList()))
                .thenApply(found -> Stream.concat(live.stream(), found.stream()).toList());
    }

    private CompletableFuture<List<String>> judged(List<String> urls) {
        Map<String, CompletableFuture<Boolean>> verdicts = new LinkedHashMap<>();
        urls.forEach(url -> verdicts.put(url, isLive(url)));
        return CompletableFuture.allOf(verdicts.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> verdicts.entrySet().stream()
                        .filter(verdict -> verdict.getValue().join())
                        .map(Map.Entry::getKey)
                        .toList());
    }

    private CompletableFuture<Boolean> isLive(String url) {
        URI address;
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException odd) {
            return CompletableFuture.completedFuture(true);
        }
        boolean reachable = client.isOwnHost(address) || client.isPublic() && MediaHosts.isKnown(address);
        return reachable
                ? client.callPlain(LONGEST, base -> HttpRequest.newBuilder(address))
                        .handle((reply, broken) -> reply == null || !isDead(reply))
                : CompletableFuture.completedFuture(true);
    }

    private static boolean isDead(HttpResponse<byte[]> reply) {
        String start = new String(reply.body(), 0, Math.min(reply.body().length, 64), StandardCharsets.ISO_8859_1);
        return reply.statusCode() == 404
                || reply.statusCode() == 410
                || MediaHosts.isPage(reply.headers())
                || start.isBlank()
                || start.stripLeading().startsWith("<");
    }
}
