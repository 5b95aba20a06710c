package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.ServiceMedia;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hosts on which the service keeps what it made. An address comes out of an answer, which a client has a say in,
 * so nothing else is asked for; the service redirects nothing of this, and neither is anything followed. Thread-safe.
 */
public final class MediaHosts implements ServiceMedia {

    private static final Pattern HOSTS = Pattern.compile(
            "([a-z0-9-]+\\.)+(qwenlm|qwen)\\.ai|qwen-webui-[a-z0-9-]+\\.oss-[a-z0-9-]+\\.aliyuncs\\.com");
    private static final Duration HEAD = Duration.ofSeconds(20);

    private final QwenClient client;

    public MediaHosts(QwenClient client) {
        this.client = client;
    }

    @Override
    public CompletableFuture<Original> open(String url) {
        CompletableFuture<HttpResponse<InputStream>> reply = client.sendPlain(
                base -> HttpRequest.newBuilder(checked(url)).timeout(HEAD), BodyHandlers.ofInputStream());
        var told = new CompletableFuture<Original>();
        var unusedReply = reply.whenComplete((response, failed) -> tell(told, response, failed));
        var unusedEnd = told.whenComplete((original, failed) -> {
            if (told.isCancelled()) {
                reply.cancel(true);
            }
        });
        return told;
    }

    private static void tell(
            CompletableFuture<Original> told,
            @Nullable HttpResponse<InputStream> response,
            @Nullable Throwable failed) {
        if (response == null) {
            told.completeExceptionally(failed == null ? new IOException("no reply") : failed);
        } else if (response.statusCode() == 200 && isPage(response.headers())) {
            close(response.body());
            told.completeExceptionally(new IOException("the link leads to a page"));
        } else if (!told.complete(new Original(response.statusCode(), response.body()))) {
            close(response.body());
        }
    }

    private static void close(InputStream unwanted) {
        try {
            unwanted.close();
        } catch (IOException closedAnyway) {
            // Nobody reads it.
        }
    }

    /** Whether a reply is a page where media were expected. */
    static boolean isPage(HttpHeaders headers) {
        String type = headers.firstValue("content-type").orElse("");
        return type.toLowerCase(Locale.ROOT).startsWith("text/html");
    }

    /** Whether an address is on a host of the service's, over https. */
    static boolean isKnown(URI address) {
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        return "https".equalsIgnoreCase(address.getScheme())
                && address.getPort() == -1
                && address.getUserInfo() == null
                && HOSTS.matcher(host).matches();
    }

    /** Hosts of the service's over https alone, and whatever the owner put in the place of the service. */
    private URI checked(String url) {
        URI address = URI.create(url);
        if (!isKnown(address) && !client.isOwnHost(address)) {
            throw new IllegalArgumentException("no host of the service's");
        }
        return address;
    }
}
