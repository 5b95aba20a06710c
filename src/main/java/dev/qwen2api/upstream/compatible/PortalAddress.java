package dev.qwen2api.upstream.compatible;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a credential is good. Pure. */
final class PortalAddress {

    /** The name for which {@code QWEN_CLI_PROXY_URL} stands, whatever it is set to. */
    private static final String PORTAL = "portal.qwen.ai";

    private static final Pattern PLAIN =
            Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?");

    private PortalAddress() {}

    /**
     * The base address for a credential, without {@code /v1} and slash at its end.
     *
     * @param resource what the service said, a host or an address; the scheme may be missing
     * @param configured where the owner says that the portal is
     */
    static URI of(Optional<String> resource, URI configured) {
        return resource.map(PortalAddress::withScheme)
                .filter(address -> PLAIN.matcher(address).matches())
                .filter(address -> isSafe(address, configured))
                .map(PortalAddress::trimmed)
                .map(URI::create)
                .filter(address -> !PORTAL.equals(address.getHost()))
                .orElseGet(() -> URI.create(trimmed(configured.toString())));
    }

    private static String withScheme(String resource) {
        String address = resource.strip();
        return address.contains("://") ? address : "https://" + address;
    }

    /** A token goes over a plain connection only where the owner's own setting does so. */
    private static boolean isSafe(String address, URI configured) {
        return address.toLowerCase(Locale.ROOT).startsWith("https://") || "http".equals(configured.getScheme());
    }

    private static String trimmed(String address) {
        return address.replaceAll("/+$", "").replaceAll("/v1$", "");
    }
}
