package dev.qwen2api.upstream.qwen.error;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Says what an exception of the connection means. Pure. */
public final class TransportErrors {

    private static final int DEEPEST = 10;

    private TransportErrors() {}

    public static Failure of(Throwable thrown) {
        Throwable root = root(thrown);
        if (root instanceof UpstreamException told) {
            return told.failure();
        }
        if (caused(thrown, UnresolvedAddressException.class) || caused(thrown, UnknownHostException.class)) {
            return unreachable("the upstream's name cannot be resolved; check DNS and the base URLs in .env");
        }
        if (caused(thrown, HttpConnectTimeoutException.class)) {
            return unreachable("no connection to the upstream in time; check the network and PROXY_URL");
        }
        if (caused(thrown, ConnectException.class)) {
            return unreachable("the connection to the upstream was refused; check the network and PROXY_URL");
        }
        if (caused(thrown, SSLException.class)) {
            return unreachable("no secure connection to the upstream; check the clock and any proxy between");
        }
        if (caused(thrown, TimeoutException.class)) {
            return Failure.of(FailureKind.SILENT, "the upstream did not reply in time");
        }
        if (caused(thrown, IOException.class)) {
            return Failure.of(FailureKind.BROKEN, "the connection to the upstream broke off");
        }
        return Failure.of(FailureKind.BROKEN, ofOurs(thrown));
    }

    private static Failure unreachable(String detail) {
        return Failure.of(FailureKind.UNREACHABLE, detail);
    }

    /** Whether a connection that stood broke off: not one that never was, and not one on which nothing came. */
    public static boolean isBrokenConnection(Throwable thrown) {
        return caused(thrown, IOException.class) && of(thrown).kind() == FailureKind.BROKEN;
    }

    /** What no connection did: the gateway's own doing. */
    private static String ofOurs(Throwable thrown) {
        if (caused(thrown, CancellationException.class) || caused(thrown, RejectedExecutionException.class)) {
            return "the request was given up";
        }
        return caused(thrown, IllegalArgumentException.class)
                ? "a request could not be written; check the cookie, QWEN_USER_AGENT and QWEN_EXTRA_HEADERS"
                : "the gateway failed to handle the reply ("
                        + root(thrown).getClass().getSimpleName() + ")";
    }

    /** The exception that a future wraps. */
    public static Throwable root(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return thrown instanceof CompletionException && cause != null ? cause : thrown;
    }

    private static boolean caused(Throwable thrown, Class<? extends Throwable> kind) {
        int depth = 0;
        for (Throwable cause = thrown; cause != null && depth < DEEPEST; cause = cause.getCause(), depth++) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
