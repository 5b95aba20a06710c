package dev.qwen2api.upstream.qwen;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the upstream is and how it is reached.
 *
 * @param chat base address of the web API, without a slash at its end
 * @param auth base address of session renewal, without a slash at its end
 * @param headers what the browser says of itself
 * @param proxy HTTP proxy for everything
 * @param connectTimeout longest wait for a connection
 */
public record UpstreamSettings(
        URI chat, URI auth, HeaderSettings headers, Optional<Proxy> proxy, Duration connectTimeout) {

    /**
     * An HTTP proxy.
     *
     * @param host name or address
     * @param port 1 to 65535
     * @param login where it asks for one
     */
    public record Proxy(String host, int port, Optional<Login> login) {}

    /** What a proxy asks for; the password is a secret. */
    public record Login(String user, String password) {

        @Override
        public String toString() {
            return "Login[***]";
        }
    }

    @Override
    public String toString() {
        return "UpstreamSettings[" + chat + ", " + auth + ", " + headers + ", proxy: " + proxy.isPresent() + "]";
    }
}
