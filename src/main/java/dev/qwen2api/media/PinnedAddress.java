package dev.qwen2api.media;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where an address of a stranger's leads, asked once: whoever owns a name may have it say something else a moment later, so the
 * addresses that were looked at are the ones that are connected to.
 *
 * @param uri plain http or https
 * @param host without brackets
 * @param port the one that is meant
 * @param addresses of the host, one at least
 */
record PinnedAddress(URI uri, String host, int port, List<InetAddress> addresses) {

    private static final int CONNECT_MILLIS = 10_000;

    /** Knows the addresses of names. */
    @FunctionalInterface
    interface Names {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    /**
     * Looks at where {@code uri} leads.
     *
     * @param privateToo whether addresses that are not public will do
     */
    static PinnedAddress of(URI uri, Names names, boolean privateToo) throws NotFetchedException {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (!secure && !scheme.equals("http") || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new NotFetchedException("leads to an address that is not plain http or https");
        }
        int port = uri.getPort() == -1 ? secure ? 443 : 80 : uri.getPort();
        if (port < 1 || port > 65535) {
            throw new NotFetchedException("leads to a port that does not exist");
        }
        String host = uri.getHost().replaceAll("^\\[|]$", "");
        return new PinnedAddress(URI.create(uri.toASCIIString()), host, port, addresses(host, names, privateToo));
    }

    private static List<InetAddress> addresses(String host, Names names, boolean privateToo)
            throws NotFetchedException {
        try {
            InetAddress[] all = names.of(host);
            if (!privateToo && !Arrays.stream(all).allMatch(PublicAddress::isPublic)) {
                throw new NotFetchedException("leads to an address that is not public");
            }
            return List.of(all);
        } catch (UnknownHostException unknown) {
            throw new NotFetchedException("leads to a host that has no address");
        }
    }

    boolean isSecure() {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** Takes what connects sockets: the first address that answers is it. */
    void connect(Sockets sockets) throws IOException {
        IOException last = new UnknownHostException(host);
        for (InetAddress address : addresses) {
            try {
                sockets.next().connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
                return;
            } catch (IOException unreachable) {
                last = unreachable;
            }
        }
        throw last;
    }

    /** Gives a socket for each try. */
    @FunctionalInterface
    interface Sockets {
        Socket next() throws IOException;
    }

    /** What is written on the connection. The grammar of addresses leaves no line end in any part of one. */
    byte[] request() {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String named = uri.getPort() == -1 ? uri.getHost() : uri.getHost() + ":" + port;
        return ("GET " + path + query + " HTTP/1.1\r\nHost: " + named
                        + "\r\nUser-Agent: Qwen2API\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
