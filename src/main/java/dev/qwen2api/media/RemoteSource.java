package dev.qwen2api.media;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** What is behind an address of a client's, over a connection of its own, through as many redirects as are allowed. */
final class RemoteSource implements ByteSource {

    private static final int MOST_REDIRECTS = 5;
    private static final int SILENCE_MILLIS = 20_000;

    private final URI first;
    private final Look look;
    private final SSLSocketFactory tls;
    private @Nullable Socket socket;
    private boolean closed;

    /** Looks at an address before it is used. */
    @FunctionalInterface
    interface Look {
        PinnedAddress at(URI address) throws NotFetchedException;
    }

    RemoteSource(URI first, Look look, SSLSocketFactory tls) {
        this.first = first;
        this.look = look;
        this.tls = tls;
    }

    @Override
    public InputStream open(long most) throws NotFetchedException, IOException {
        URI next = first;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            InputStream in = ask(look.at(next));
            ReplyHead head = ReplyHead.read(in);
            Optional<URI> elsewhere = elsewhere(next, head);
            if (elsewhere.isEmpty()) {
                return body(head, in, most);
            }
            next = elsewhere.get();
        }
        throw new NotFetchedException("is redirected too often");
    }

    private static InputStream body(ReplyHead head, InputStream in, long most) throws NotFetchedException, IOException {
        if (head.status() != 200) {
            throw new NotFetchedException("cannot be fetched: its server says " + head.status());
        }
        if (head.length().orElse(0L) > most) {
            throw ByteSource.tooLarge(most);
        }
        return head.body(in);
    }

    private static Optional<URI> elsewhere(URI from, ReplyHead head) throws NotFetchedException {
        if (head.status() / 100 != 3) {
            return Optional.empty();
        }
        try {
            return head.first("location").map(from::resolve).or(() -> {
                throw new IllegalArgumentException("no location");
            });
        } catch (IllegalArgumentException unreadable) {
            throw new NotFetchedException("is redirected to nowhere");
        }
    }

    private InputStream ask(PinnedAddress there) throws IOException, NotFetchedException {
        there.connect(this::next);
        Socket connected = there.isSecure() ? secured(there) : plain();
        connected.getOutputStream().write(there.request());
        connected.getOutputStream().flush();
        return new BufferedInputStream(connected.getInputStream());
    }

    /** Who has the name must show that it is theirs, whatever address it is at. */
    private Socket secured(PinnedAddress there) throws IOException, NotFetchedException {
        SSLSocket secured = (SSLSocket) tls.createSocket(plain(), there.host(), there.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        try {
            secured.startHandshake();
        } catch (SSLException untrusted) {
            throw new NotFetchedException("cannot be fetched: the certificate of its server is not trusted");
        }
        return secured;
    }

    private synchronized Socket plain() throws IOException {
        if (socket == null || closed) {
            throw new IOException("given up");
        }
        return socket;
    }

    /** A fresh socket instead of the one before; past every proxy, which would look names up itself. */
    private synchronized Socket next() throws IOException {
        release();
        if (closed) {
            throw new IOException("given up");
        }
        var fresh = new Socket(Proxy.NO_PROXY);
        fresh.setSoTimeout(SILENCE_MILLIS);
        socket = fresh;
        return fresh;
    }

    /** Closes what lies below the encryption, which does not wait for anybody. */
    @Override
    public synchronized void close() {
        closed = true;
        release();
    }

    private void release() {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException closedAnyway) {
                // Nothing more can be done for it.
            }
        }
    }
}
