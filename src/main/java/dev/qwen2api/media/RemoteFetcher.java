package dev.qwen2api.media;

import dev.qwen2api.media.Downloader.ByteSource;
import dev.qwen2api.media.Downloader.ByteSource.NotFetchedException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Downloads the http(s) URLs that clients attach, protected against SSRF: every hop may lead to public addresses only,
 * and its host is resolved once. Bytes, headers, redirects and time are limited. Thread-safe.
 */
final class RemoteFetcher implements AutoCloseable {

    private static final int MAX_REDIRECTS = 5;
    private static final long HEAD_TIMEOUT_SECONDS = 60;

    private final Downloader downloader;
    private final BooleanSupplier allowPrivate;
    private final PinnedAddress.Resolver resolver;
    private final TlsContext tls;
    private volatile @Nullable PinnedHttpClient client;
    private boolean closed;

    /** Supplies the trusted certificates. */
    @FunctionalInterface
    interface TlsContext {
        SSLContext get() throws NoSuchAlgorithmException;
    }

    /** @param allowPrivate whether private addresses are allowed, read at each hop */
    RemoteFetcher(Downloader downloader, BooleanSupplier allowPrivate) {
        this(downloader, allowPrivate, InetAddress::getAllByName, SSLContext::getDefault);
    }

    RemoteFetcher(
            Downloader downloader, BooleanSupplier allowPrivate, PinnedAddress.Resolver resolver, TlsContext tls) {
        this.downloader = downloader;
        this.allowPrivate = allowPrivate;
        this.resolver = resolver;
        this.tls = tls;
    }

    /**
     * Downloads {@code url}.
     *
     * @param gone whether the client has disconnected
     */
    SpooledFile fetch(String url, long maxBytes, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        return downloader.download(new RemoteSource(uri(url)), maxBytes, gone);
    }

    static URI uri(String url) throws NotFetchedException {
        try {
            return URI.create(url.strip());
        } catch (IllegalArgumentException malformed) {
            throw new NotFetchedException("is no address that can be read");
        }
    }

    /** Starts the client at the first request, so that a gateway without attachments has no threads for them. */
    private synchronized PinnedHttpClient client() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        try {
            PinnedHttpClient started = client == null ? new PinnedHttpClient(tls.get()) : client;
            client = started;
            return started;
        } catch (NoSuchAlgorithmException missing) {
            throw new IOException(missing);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
    }

    /** The body behind a URL, after its redirects. */
    private final class RemoteSource implements ByteSource {

        private final URI first;
        private @Nullable Request running;
        private boolean aborted;

        RemoteSource(URI first) {
            this.first = first;
        }

        @Override
        public InputStream open(long maxBytes) throws IOException {
            URI next = first;
            for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
                var listener = new InputStreamResponseListener();
                Response response =
                        send(PinnedAddress.of(next, resolver, allowPrivate.getAsBoolean()), listener, maxBytes);
                if (!HttpStatus.isRedirection(response.getStatus())) {
                    check(response, maxBytes);
                    return new Body(listener.getInputStream(), maxBytes);
                }
                next = location(next, response.getHeaders().get(HttpHeader.LOCATION));
            }
            throw new NotFetchedException("is redirected too often");
        }

        private Response send(PinnedAddress address, InputStreamResponseListener listener, long maxBytes)
                throws IOException {
            begin(client().newRequest(address)).send(listener);
            try {
                return listener.get(HEAD_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                throw failure(failed, maxBytes);
            } catch (TimeoutException | InterruptedException stopped) {
                throw new IOException(stopped);
            }
        }

        private synchronized Request begin(Request next) throws IOException {
            end();
            if (aborted) {
                throw new IOException("closed");
            }
            running = next;
            return next;
        }

        @Override
        public synchronized void close() {
            aborted = true;
            end();
        }

        private void end() {
            PinnedHttpClient started = client;
            if (running != null && started != null) {
                started.abort(running);
                running = null;
            }
        }
    }

    static URI location(URI from, @Nullable String location) throws NotFetchedException {
        try {
            if (location != null) {
                return from.resolve(location);
            }
        } catch (IllegalArgumentException malformed) {
            // as if there were none
        }
        throw new NotFetchedException("is redirected to nowhere");
    }

    private static void check(Response response, long maxBytes) throws IOException {
        if (response.getStatus() != HttpStatus.OK_200) {
            throw new NotFetchedException("cannot be fetched: its server says " + response.getStatus());
        }
        if (response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > maxBytes) {
            throw ByteSource.tooLarge(maxBytes);
        }
        requireOnly(response.getHeaders().getValuesList(HttpHeader.CONTENT_ENCODING), "identity");
        requireOnly(response.getHeaders().getValuesList(HttpHeader.TRANSFER_ENCODING), "chunked");
    }

    private static void requireOnly(List<String> codings, String known) throws ProtocolException {
        if (!codings.isEmpty() && !codings.equals(List.of(known))) {
            throw new ProtocolException("an unknown coding");
        }
    }

    /** Translates the failures that clients can do something about. */
    private static IOException failure(Throwable failed, long maxBytes) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return new NotFetchedException("cannot be fetched: the certificate of its server is not trusted");
            }
            if (cause instanceof HttpException http && http.getCode() == HttpStatus.PAYLOAD_TOO_LARGE_413) {
                return ByteSource.tooLarge(maxBytes);
            }
        }
        return new IOException(failed);
    }

    /** A body whose reader learns why it failed. */
    private static final class Body extends FilterInputStream {

        private final long maxBytes;

        Body(InputStream in, long maxBytes) {
            super(in);
            this.maxBytes = maxBytes;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return super.read(buffer, offset, length);
            } catch (IOException failed) {
                throw failure(failed, maxBytes);
            }
        }
    }
}
