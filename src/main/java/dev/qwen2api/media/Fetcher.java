package dev.qwen2api.media;

import dev.qwen2api.chat.ClientGoneException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Fetches what lies behind an address that a client wrote: over http or https, from public addresses alone, also after each
 * redirect, no more than allowed and no longer than allowed. The address that was looked at is the one that is used: the JVM
 * keeps what it resolved for longer than connecting takes. Thread-safe.
 */
final class Fetcher {

    private static final int MOST_REDIRECTS = 5;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration HEAD = Duration.ofSeconds(20);
    private static final Duration ALL = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 200;

    private final SpoolFolder folder;
    private final BooleanSupplier privateToo;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();

    /** Why something cannot be fetched: the rest of a sentence that begins with the name of the part. */
    static final class NotFetchedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotFetchedException(String why) {
            super(why);
        }
    }

    /**
     * @param privateToo whether private addresses are allowed, now
     */
    Fetcher(SpoolFolder folder, BooleanSupplier privateToo) {
        this.folder = folder;
        this.privateToo = privateToo;
    }

    /**
     * Takes in what is at {@code address}.
     *
     * @param most bytes, at most
     * @param gone whether nobody waits for it any more
     */
    Spool fetch(String address, long most, BooleanSupplier gone) throws NotFetchedException, InterruptedException {
        var deadline = new Deadline(System.nanoTime() + ALL.toNanos(), gone);
        var spool = new Spool(folder);
        boolean done = false;
        try {
            URI next = uri(address);
            for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
                Optional<URI> elsewhere = take(next, spool, most, deadline);
                if (elsewhere.isEmpty()) {
                    done = true;
                    return spool.finish();
                }
                next = elsewhere.get();
            }
            throw new NotFetchedException("is redirected too often");
        } finally {
            if (!done) {
                spool.close();
            }
        }
    }

    private static URI uri(String address) throws NotFetchedException {
        try {
            return URI.create(address.strip());
        } catch (IllegalArgumentException unreadable) {
            throw new NotFetchedException("is no address that can be read");
        }
    }

    /** Takes the body in; or returns where it is said to be. */
    private Optional<URI> take(URI from, Spool spool, long most, Deadline deadline)
            throws NotFetchedException, InterruptedException {
        checkAllowed(from);
        HttpRequest request = HttpRequest.newBuilder(from)
                .timeout(HEAD)
                .header("Accept", "*/*")
                .build();
        CompletableFuture<HttpResponse<SpoolBody.End>> call = http.sendAsync(
                request, info -> info.statusCode() == 200 ? new SpoolBody(spool, most) : new UnreadBody());
        try {
            HttpResponse<SpoolBody.End> reply = deadline.await(call);
            if (reply.statusCode() / 100 == 3) {
                return Optional.of(target(from, reply));
            }
            if (reply.statusCode() != 200) {
                throw new NotFetchedException("cannot be fetched: its server says " + reply.statusCode());
            }
            if (reply.body() == SpoolBody.End.TOO_LONG) {
                throw new NotFetchedException("is larger than the " + (most >> 20) + " MB that are allowed");
            }
            return Optional.empty();
        } finally {
            call.cancel(true);
        }
    }

    private static URI target(URI from, HttpResponse<?> reply) throws NotFetchedException {
        try {
            return from.resolve(reply.headers().firstValue("location").orElse("#"));
        } catch (IllegalArgumentException unreadable) {
            throw new NotFetchedException("is redirected to nowhere");
        }
    }

    private void checkAllowed(URI uri) throws NotFetchedException {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new NotFetchedException("leads to an address that is not plain http or https");
        }
        try {
            String host = uri.getHost().replaceAll("^\\[|]$", "");
            InetAddress[] all = InetAddress.getAllByName(host);
            if (!privateToo.getAsBoolean() && !Arrays.stream(all).allMatch(PublicAddress::isPublic)) {
                throw new NotFetchedException("leads to an address that is not public");
            }
        } catch (UnknownHostException unknown) {
            throw new NotFetchedException("leads to a host that has no address");
        }
    }

    /** Until when, and for whom. */
    private record Deadline(long nanos, BooleanSupplier gone) {

        <T> T await(CompletableFuture<T> what) throws NotFetchedException, InterruptedException {
            while (System.nanoTime() - nanos < 0) {
                if (gone.getAsBoolean()) {
                    throw new ClientGoneException();
                }
                try {
                    return what.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException still) {
                    // Nobody has given up yet.
                } catch (ExecutionException broken) {
                    if (broken.getCause() instanceof RuntimeException ours) {
                        throw ours;
                    }
                    throw new NotFetchedException("cannot be fetched: the connection failed");
                }
            }
            throw new NotFetchedException("cannot be fetched within " + ALL.toSeconds() + " s");
        }
    }
}
