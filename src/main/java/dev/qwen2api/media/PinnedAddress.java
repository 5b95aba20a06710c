package dev.qwen2api.media;

import dev.qwen2api.media.Downloader.ByteSource.NotFetchedException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A client's URL with the addresses its host resolved to, once, against DNS rebinding (SSRF): the checked addresses are
 * the only ones that are connected to.
 *
 * @param uri http or https, ASCII
 * @param addresses at least one, each with the port
 */
record PinnedAddress(URI uri, List<InetSocketAddress> addresses) {

    /** Resolves host names, and knows the machine's own addresses. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;

        /**
         * Whether an interface of this machine has the address. A connection to it never leaves the machine, and so
         * passes the firewall in front of it.
         */
        default boolean isOwn(InetAddress address) {
            try {
                return NetworkInterface.getByInetAddress(address) != null;
            } catch (SocketException unknown) {
                return true;
            }
        }
    }

    /**
     * Resolves and checks the host of {@code uri}.
     *
     * @param allowPrivate whether addresses may be private, or this machine's
     */
    static PinnedAddress of(URI uri, Resolver resolver, boolean allowPrivate) throws NotFetchedException {
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
        return new PinnedAddress(URI.create(uri.toASCIIString()), resolve(host, port, resolver, allowPrivate));
    }

    /** Each address carries the host of the URL, which TLS verifies the certificate against. */
    private static List<InetSocketAddress> resolve(String host, int port, Resolver resolver, boolean allowPrivate)
            throws NotFetchedException {
        try {
            var addresses = new ArrayList<InetSocketAddress>();
            for (InetAddress address : resolver.resolve(host)) {
                if (!allowPrivate && (!isPublic(address) || resolver.isOwn(address))) {
                    throw new NotFetchedException("leads to an address that is not public");
                }
                addresses.add(new InetSocketAddress(InetAddress.getByAddress(host, address.getAddress()), port));
            }
            return List.copyOf(addresses);
        } catch (UnknownHostException unknown) {
            throw new NotFetchedException("leads to a host that has no address");
        }
    }

    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(bytes) : address instanceof Inet6Address && isPublic6(bytes);
    }

    /**
     * Excludes, besides the above: 0/8, shared 100.64/10, protocol 192.0.0/24, benchmarks 198.18/15, everything from
     * 240 on, and 168.63.129.16, the platform address of Azure's virtual machines.
     */
    private static boolean isPublic4(byte[] bytes) {
        int a = bytes[0] & 0xff;
        int b = bytes[1] & 0xff;
        int c = bytes[2] & 0xff;
        return a != 0
                && a < 240
                && !(a == 100 && b >= 64 && b < 128)
                && !(a == 192 && b == 0 && c == 0)
                && !(a == 198 && (b == 18 || b == 19))
                && !(a == 168 && b == 63 && c == 129 && (bytes[3] & 0xff) == 16);
    }

    /** Global unicast (2000::/3) without the tunnels to IPv4, 6to4 and Teredo. NAT64 lies outside of it. */
    private static boolean isPublic6(byte[] bytes) {
        int first = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        int second = (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        return (first & 0xe000) == 0x2000 && first != 0x2002 && !(first == 0x2001 && second == 0);
    }
}
