package dev.qwen2api.media;

import java.net.InetAddress;
import java.net.URI;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches what lies behind an address that a client wrote: over http or https, from public addresses alone, also after each
 * redirect, no more than allowed and no longer than allowed. The JDK's own client looks names up for itself, after whatever was
 * checked, and cannot be told where to connect; so this one speaks the little HTTP that is needed. Thread-safe.
 */
final class Fetcher {

    private final Downloads downloads;
    private final BooleanSupplier privateToo;
    private final Destination.Names names;
    private final SSLSocketFactory tls;

    /**
     * @param privateToo whether private addresses are allowed, now
     */
    Fetcher(Downloads downloads, BooleanSupplier privateToo) {
        this(downloads, privateToo, InetAddress::getAllByName, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /**
     * @param tls whose certificates are trusted
     */
    Fetcher(Downloads downloads, BooleanSupplier privateToo, Destination.Names names, SSLSocketFactory tls) {
        this.downloads = downloads;
        this.privateToo = privateToo;
        this.names = names;
        this.tls = tls;
    }

    /**
     * Takes in what is at {@code address}.
     *
     * @param most bytes, at most
     * @param gone whether nobody waits for it any more
     */
    Spool fetch(String address, long most, BooleanSupplier gone) throws NotFetchedException, InterruptedException {
        var source =
                new RemoteSource(uri(address), next -> Destination.of(next, names, privateToo.getAsBoolean()), tls);
        return downloads.take(source, most, gone);
    }

    private static URI uri(String address) throws NotFetchedException {
        try {
            return URI.create(address.strip());
        } catch (IllegalArgumentException unreadable) {
            throw new NotFetchedException("is no address that can be read");
        }
    }
}
