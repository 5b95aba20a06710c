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
final class RemoteFetcher {

    private final Downloader downloader;
    private final BooleanSupplier privateToo;
    private final PinnedAddress.Names names;
    private final SSLSocketFactory tls;

    /**
     * @param privateToo whether private addresses are allowed, now
     */
    RemoteFetcher(Downloader downloader, BooleanSupplier privateToo) {
        this(downloader, privateToo, InetAddress::getAllByName, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /**
     * @param tls whose certificates are trusted
     */
    RemoteFetcher(Downloader downloader, BooleanSupplier privateToo, PinnedAddress.Names names, SSLSocketFactory tls) {
        this.downloader = downloader;
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
    SpooledFile fetch(String address, long most, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        var source =
                new RemoteSource(uri(address), next -> PinnedAddress.of(next, names, privateToo.getAsBoolean()), tls);
        return downloader.take(source, most, gone);
    }

    private static URI uri(String address) throws NotFetchedException {
        try {
            return URI.create(address.strip());
        } catch (IllegalArgumentException unreadable) {
            throw new NotFetchedException("is no address that can be read");
        }
    }
}
