package dev.qwen2api.upstream.compatible;

import dev.qwen2api.chat.RequestTimeouts;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * What the owner decides about the channel.
 *
 * @param base where the portal is, and where the official key is good
 * @param apiKey an official key, used after the accounts; a secret
 * @param webFallback whether the web channel serves when no credential works
 * @param aliases client's name of a model to Qwen's
 * @param timing how long is waited for what
 */
public record CliSettings(
        URI base, Optional<String> apiKey, boolean webFallback, Map<String, String> aliases, RequestTimeouts timing) {

    public CliSettings {
        aliases = Map.copyOf(aliases);
    }

    @Override
    public String toString() {
        return "CliSettings[" + base + ", key: " + apiKey.isPresent() + ", web: " + webFallback + "]";
    }
}
