package dev.qwen2api.ops.doctor;

import dev.qwen2api.failure.Failure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Checks that the service is reachable (DNS, connection, TLS, proxy) and that the clocks agree. */
public final class UpstreamCheck implements Doctor.Check {

    private static final String SUBJECT = "service";
    private static final Duration SLIGHT = Duration.ofSeconds(60);
    private static final Duration GRAVE = Duration.ofMinutes(10);

    private final Supplier<Contact> probe;
    private final Route route;
    private final Clock clock;

    /**
     * The way to the service.
     *
     * @param proxied whether a proxy is used, which then resolves the host
     */
    public record Route(String host, boolean proxied) {}

    /**
     * The result of a request for a public resource.
     *
     * @param time the service's clock
     * @param failure why there was no reply
     */
    public record Contact(Optional<Instant> time, Optional<Failure> failure) {}

    /** @param probe requests a public resource over the same route as chats */
    public UpstreamCheck(Supplier<Contact> probe, Route route, Clock clock) {
        this.probe = probe;
        this.route = route;
        this.clock = clock;
    }

    @Override
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        if (!route.proxied()) {
            found.add(name());
        }
        Contact contact = probe.get();
        found.add(contact.failure().map(this::unreached).orElseGet(this::reached));
        contact.time().map(this::clock).ifPresent(found::add);
        return found;
    }

    private Finding name() {
        try {
            InetAddress.getByName(route.host());
            return Finding.ok("dns", "the service's name is known");
        } catch (UnknownHostException unknown) {
            return Finding.error(
                    "dns", "the service's name is not known here", "check /etc/resolv.conf, and QWEN_CHAT_PROXY_URL");
        }
    }

    private Finding reached() {
        return Finding.ok(SUBJECT, route.proxied() ? "reached through PROXY_URL" : "reached");
    }

    private Finding unreached(Failure failure) {
        return switch (failure.kind().cause()) {
            case CHALLENGE ->
                Finding.warning(
                        SUBJECT,
                        "it asks for a human check from this network",
                        "open https://chat.qwen.ai in a browser on the same network and pass it");
            case CONNECTION ->
                Finding.error(
                        SUBJECT,
                        failure.detail(),
                        route.proxied()
                                ? "check that the proxy of PROXY_URL runs, and its user and password"
                                : "check that this machine reaches https://chat.qwen.ai; if not, set PROXY_URL");
            case SERVICE, LIMIT, SESSION, ACCOUNT, REQUEST ->
                Finding.warning(SUBJECT, failure.detail(), "try again later");
        };
    }

    private Finding clock(Instant theirs) {
        Duration apart = Duration.between(theirs, clock.instant()).abs();
        String text = "this machine's clock is " + apart.toSeconds() + " s off";
        String advice = "set it, for example with systemd-timesyncd or chrony";
        if (apart.compareTo(GRAVE) > 0) {
            return Finding.error("clock", text, advice);
        }
        return apart.compareTo(SLIGHT) > 0 ? Finding.warning("clock", text, advice) : Finding.ok("clock", "right");
    }
}
