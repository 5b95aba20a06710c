package dev.qwen2api.qwen;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.Failure.Kind;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;

/** Says what an exception of the connection means. Pure. */
final class Breakage {

    private Breakage() {}

    static Failure of(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (caused(cause, UnresolvedAddressException.class) || caused(cause, UnknownHostException.class)) {
            return Failure.of(
                    Kind.UNREACHABLE, "the upstream's name cannot be resolved; check DNS and QWEN_CHAT_PROXY_URL");
        }
        if (cause instanceof HttpConnectTimeoutException) {
            return Failure.of(
                    Kind.UNREACHABLE, "no connection to the upstream in time; check the network and PROXY_URL");
        }
        if (caused(cause, ConnectException.class)) {
            return Failure.of(
                    Kind.UNREACHABLE, "the connection to the upstream was refused; check the network and PROXY_URL");
        }
        if (caused(cause, SSLException.class)) {
            return Failure.of(
                    Kind.UNREACHABLE, "no secure connection to the upstream; check the clock and any proxy between");
        }
        if (cause instanceof HttpTimeoutException) {
            return Failure.of(Kind.SILENT, "the upstream did not reply in time");
        }
        return Failure.of(Kind.BROKEN, "the connection to the upstream broke off");
    }

    private static boolean caused(Throwable thrown, Class<? extends Throwable> kind) {
        int depth = 0;
        for (Throwable cause = thrown; cause != null && depth < 10; cause = cause.getCause(), depth++) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
