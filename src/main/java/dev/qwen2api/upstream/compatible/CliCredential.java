package dev.qwen2api.upstream.compatible;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The OAuth credential of one user for the CLI portal. Both tokens are secrets.
 *
 * @param accessToken sent with every request
 * @param refreshToken buys the next pair, once; empty where none was given
 * @param resource where the portal is, as the service named it ({@code resource_url}), unchecked; empty where it named
 *     nothing
 * @param expires when the access token ends
 */
public record CliCredential(
        String accessToken, Optional<String> refreshToken, Optional<String> resource, Instant expires) {

    /** The name for which {@code QWEN_CLI_PROXY_URL} stands, whatever it is set to. */
    private static final String PORTAL = "portal.qwen.ai";

    private static final Pattern PLAIN =
            Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?");

    public CliCredential {
        if (accessToken.isEmpty()) {
            throw new IllegalArgumentException("empty access token");
        }
    }

    /** Whether it ends within {@code ahead} from now. */
    boolean endsWithin(Duration ahead, Instant now) {
        return !now.plus(ahead).isBefore(expires);
    }

    /**
     * The base address of the portal for this credential, without {@code /v1} and slash at its end.
     *
     * @param configured where the owner says that the portal is
     */
    URI base(URI configured) {
        return resource.map(CliCredential::withScheme)
                .filter(address -> PLAIN.matcher(address).matches())
                .filter(address -> isSafe(address, configured))
                .map(address -> base(address))
                .filter(address -> !PORTAL.equals(address.getHost()))
                .orElseGet(() -> base(configured.toString()));
    }

    private static String withScheme(String resource) {
        String address = resource.strip();
        return address.contains("://") ? address : "https://" + address;
    }

    /** A token goes over a plain connection only where the owner's own setting does so. */
    private static boolean isSafe(String address, URI configured) {
        return address.toLowerCase(Locale.ROOT).startsWith("https://") || "http".equals(configured.getScheme());
    }

    /** An address without {@code /v1} and slash at its end. */
    static URI base(String address) {
        return URI.create(address.replaceAll("/+$", "").replaceAll("/v1$", ""));
    }

    @Override
    public String toString() {
        return "CliCredential[***, until " + expires + "]";
    }
}
