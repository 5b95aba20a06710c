package dev.qwen2api.upstream.compatible;

import java.net.URI;

/**
 * With what a request goes to the portal.
 *
 * @param who whose it is, for people
 * @param bearer the token; a secret
 * @param base where it is good, without {@code /v1} at its end
 * @param kind where it came from
 */
record PortalCredential(String who, String bearer, URI base, CredentialType kind) {

    /** The two kinds of credential. */
    enum CredentialType {
        OAUTH,
        KEY
    }

    @Override
    public String toString() {
        return "Pass[" + who + "]";
    }
}
