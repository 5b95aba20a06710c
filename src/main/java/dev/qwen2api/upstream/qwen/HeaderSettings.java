package dev.qwen2api.upstream.qwen;

import java.util.Map;

/**
 * What the owner says of the browser whose session is replayed. The service moves what it asks for every few weeks, so all of
 * it is configuration.
 *
 * @param userAgent the browser's name for itself
 * @param webVersion build of the web app, header {@code version}
 * @param extra further headers, which win over ours; a secret may be among them
 */
public record HeaderSettings(String userAgent, String webVersion, Map<String, String> extra) {

    public HeaderSettings {
        extra = Map.copyOf(extra);
    }

    @Override
    public String toString() {
        return "HeaderSettings[" + userAgent + ", " + webVersion + ", " + extra.keySet() + "]";
    }
}
