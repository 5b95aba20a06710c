package dev.qwen2api.ops.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that the gateway can listen on its address and port, or already does. */
public final class PortCheck implements Doctor.Check {

    private static final String SUBJECT = "port";
    private static final String ADDRESSES = "use 127.0.0.1, 0.0.0.0 or ::";
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Pattern OPEN_UNTIL =
            Pattern.compile("\"circuitBreaker\":\\{\"state\":\"open\",\"until\":\"([^\"]+)\"");

    private final String address;
    private final int port;

    public PortCheck(String address, int port) {
        this.address = address;
        this.port = port;
    }

    @Override
    public List<Finding> findings() {
        return List.of(finding());
    }

    private Finding finding() {
        try (var socket = new ServerSocket()) {
            InetAddress where = InetAddress.getByName(address);
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(where, port));
            return Finding.ok(SUBJECT, port == 0 ? "any free one" : port + " is free; no gateway runs there");
        } catch (UnknownHostException nowhere) {
            return Finding.error(SUBJECT, "LISTEN_ADDRESS is not known here", ADDRESSES);
        } catch (BindException taken) {
            return taken();
        } catch (IOException refused) {
            return Finding.error(
                    SUBJECT,
                    port + " cannot be listened on (" + refused.getClass().getSimpleName() + ")",
                    "use one above 1023");
        }
    }

    private Finding taken() {
        if (!hasAddress()) {
            return Finding.error(SUBJECT, "LISTEN_ADDRESS is not an address of this machine", ADDRESSES);
        }
        if (isGateway()) {
            return breaker()
                    .map(until -> Finding.warning(
                            SUBJECT,
                            "a gateway answers on " + port + ", but its circuit breaker is open until " + until,
                            "pass the human check in a browser on the same network, and wait"))
                    .orElseGet(() -> Finding.ok(SUBJECT, "a gateway answers on " + port));
        }
        return port > 0 && port < 1024
                ? Finding.error(
                        SUBJECT, port + " is taken or needs special rights", "set SERVICE_PORT to one above 1023")
                : Finding.error(SUBJECT, port + " is taken by another program", "set another SERVICE_PORT");
    }

    /** Whether this machine has the address at present. */
    public boolean hasAddress() {
        try {
            InetAddress where = InetAddress.getByName(address);
            return where.isAnyLocalAddress() || NetworkInterface.getByInetAddress(where) != null;
        } catch (IOException unknown) {
            return true;
        }
    }

    public boolean isGateway() {
        return get("/healthz").filter("{\"status\":\"ok\"}"::equals).isPresent();
    }

    /** When the running gateway's circuit breaker lets requests through again; empty unless it is open. */
    private Optional<String> breaker() {
        Matcher open = OPEN_UNTIL.matcher(get("/readyz").orElse(""));
        return open.find() ? Optional.of(open.group(1)) : Optional.empty();
    }

    private Optional<String> get(String path) {
        try {
            boolean anywhere = address.equals("0.0.0.0") || address.equals("::");
            String host = anywhere ? "127.0.0.1" : address.contains(":") ? "[" + address + "]" : address;
            var connection = (HttpURLConnection)
                    URI.create("http://" + host + ":" + port + path).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            boolean failed = connection.getResponseCode() >= 400;
            try (InputStream body = failed ? connection.getErrorStream() : connection.getInputStream()) {
                return Optional.of(body == null ? "" : new String(body.readNBytes(2_000), StandardCharsets.UTF_8));
            }
        } catch (IOException | IllegalArgumentException other) {
            return Optional.empty();
        }
    }
}
