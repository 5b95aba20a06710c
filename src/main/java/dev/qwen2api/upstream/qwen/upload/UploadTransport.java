package dev.qwen2api.upstream.qwen.upload;

import dev.qwen2api.account.Account;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Sends the requests that an upload consists of. Thread-safe. */
public interface UploadTransport {

    /** Posts JSON as the signed-in page does. */
    CompletableFuture<HttpResponse<byte[]>> postAsPage(Account account, String path, byte[] body);

    /** Whether the address belongs to the web API's own host, which the owner may have put in its place. */
    boolean isOwnHost(URI address);

    /** Sends a request that is no browser's; its reply has to be whole before {@code whole} is over. */
    CompletableFuture<HttpResponse<byte[]>> callPlain(Duration whole, Function<URI, HttpRequest.Builder> writing);
}
