package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down addresses that present wrong keys, by a token bucket for each, and logs what it refuses in sums. A guess
 * that is right by chance is refused like the others, unless a right key came from the address before or it is a
 * private one: behind a reverse proxy all clients share one. Thread-safe; remembers a limited number of addresses.
 */
final class WrongKeys {

    private static final Logger LOG = LoggerFactory.getLogger(WrongKeys.class);

    /** Wrong keys that an address may present at once; afterwards one a second. */
    static final int BURST = 60;

    private static final int MOST_ADDRESSES = 1000;
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final double NANOS_PER_TOKEN = 1e9;
    private static final Duration SUM = Duration.ofMinutes(1);

    /** The first half of an IPv6 address belongs to one network. */
    private static final int NETWORK_BYTES = 8;

    private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.\\[\\]]+");

    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
    private long refused;
    private long logged;

    private static final class Bucket {
        private double tokens = BURST;
        private long filled;
        private boolean trusted;

        private Bucket(long now, boolean trusted) {
            this.filled = now;
            this.trusted = trusted;
        }
    }

    WrongKeys(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.logged = nanoTime.getAsLong() - SUM.toNanos();
    }

    /** Counts a wrong key; returns false when the address has presented too many. */
    synchronized boolean takes(String address) {
        Bucket bucket = bucket(address);
        if (bucket.tokens >= 1) {
            bucket.tokens--;
            return true;
        }
        sum(address);
        return false;
    }

    /** Whether a right key passes. */
    synchronized boolean passes(String address) {
        Bucket bucket = bucket(address);
        bucket.trusted |= bucket.tokens >= 1;
        if (!bucket.trusted) {
            sum(address);
        }
        return bucket.trusted;
    }

    private Bucket bucket(String address) {
        long now = nanoTime.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(network(address), unknown -> new Bucket(now, isPrivate(address)));
        bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.filled) / NANOS_PER_TOKEN);
        bucket.filled = now;
        if (buckets.size() > MOST_ADDRESSES) {
            var eldest = buckets.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        return bucket;
    }

    private void sum(String address) {
        refused++;
        long now = nanoTime.getAsLong();
        if (now - logged >= SUM.toNanos()) {
            LOG.warn("[HTTP] {} requests with wrong keys were refused, the last one from {}", refused, address);
            refused = 0;
            logged = now;
        }
    }

    static Problem problem() {
        return Problem.retryable(
                ProblemKind.RATE_LIMITED,
                "Too many requests with wrong API keys came from this address. Correct the key and try again in a"
                        + " moment.",
                PAUSE);
    }

    /** The address, or the network of an IPv6 address. */
    static String network(String address) {
        byte[] bytes = parse(address).map(InetAddress::getAddress).orElse(new byte[0]);
        return bytes.length > NETWORK_BYTES ? Arrays.toString(Arrays.copyOf(bytes, NETWORK_BYTES)) : address;
    }

    private static boolean isPrivate(String address) {
        return parse(address).filter(WrongKeys::isPrivate).isPresent();
    }

    /** Includes fc00::/7 (Docker's IPv6) and the shared addresses 100.64/10 (Tailscale), which Java has no word for. */
    private static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean local =
                bytes.length == Integer.BYTES ? bytes[0] == 100 && (bytes[1] & 0xc0) == 64 : (bytes[0] & 0xfe) == 0xfc;
        return local || address.isLoopbackAddress() || address.isSiteLocalAddress() || address.isLinkLocalAddress();
    }

    /** Parses a literal, whose scope ({@code %eth0}) does not matter; a name would be looked up, and is none here. */
    private static Optional<InetAddress> parse(String scoped) {
        String literal = scoped.replaceFirst("%[^\\]]*", "");
        try {
            return LITERAL.matcher(literal).matches() ? Optional.of(InetAddress.getByName(literal)) : Optional.empty();
        } catch (UnknownHostException unreadable) {
            return Optional.empty();
        }
    }
}
