package dev.qwen2api.qwen;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the upstream is and how it is reached.
 *
 * @param chat base address of the web API, without a slash at its end
 * @param headers what the browser says of itself
 * @param proxy HTTP proxy for everything; its user info is a secret
 * @param connectTimeout longest wait for a connection
 */
public record UpstreamSettings(URI chat, HeaderSettings headers, Optional<URI> proxy, Duration connectTimeout) {

    @Override
    public String toString() {
        return "UpstreamSettings[" + chat + ", " + headers + ", proxy: " + proxy.isPresent() + "]";
    }
}
