package dev.qwen2api.http.server;

import dev.qwen2api.config.Sha256;
import dev.qwen2api.http.server.Routes.RouteAccess;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The API keys in force, stored as digests alone. Immutable. */
public final class KeySet {

    private final List<byte[]> clients;
    private final Optional<byte[]> admin;

    private KeySet(List<byte[]> clients, Optional<byte[]> admin) {
        this.clients = clients;
        this.admin = admin;
    }

    /** The clients' keys; blank ones are left out, so that an empty header never matches. */
    public static KeySet of(Collection<String> clientKeys) {
        return new KeySet(
                clientKeys.stream()
                        .filter(key -> !key.isBlank())
                        .map(KeySet::digest)
                        .toList(),
                Optional.empty());
    }

    /** The same with an administrator's key, which opens the clients' routes too. */
    public KeySet withAdmin(String adminKey) {
        return adminKey.isBlank() ? this : new KeySet(clients, Optional.of(digest(adminKey)));
    }

    /**
     * What {@code presented} entitles to. Takes the same time for every input of the same length: digests are
     * compared, in full, with every key.
     */
    Grant grant(String presented) {
        byte[] digest = digest(presented);
        boolean client = false;
        for (byte[] key : clients) {
            client |= MessageDigest.isEqual(key, digest);
        }
        if (admin.isEmpty()) {
            return client ? Grant.MANAGER : Grant.NONE;
        }
        boolean administrator = MessageDigest.isEqual(admin.get(), digest);
        return administrator ? Grant.ADMIN : client ? Grant.CLIENT : Grant.NONE;
    }

    /** Differs from key to key and does not tell the key; not for the log, since a weak key could be guessed by it. */
    static String fingerprint(String key) {
        return Sha256.hex(key.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] digest(String key) {
        return Sha256.of(key.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "KeySet[" + clients.size() + " keys" + (admin.isPresent() ? " and an admin key]" : "]");
    }

    /** What a key entitles to. */
    public enum Grant {
        /** It is no key of this gateway. */
        NONE,
        /** A client's key, with an administrator's key beside it. */
        CLIENT,
        /** A client's key that manages too, since no administrator's key is set. */
        MANAGER,
        /** The administrator's key. */
        ADMIN;

        /** Returns whether a route that asks for {@code access} lets this in. */
        public boolean allows(RouteAccess routeAccess) {
            return switch (routeAccess) {
                case OPEN -> true;
                case CLIENT -> this != NONE;
                case ADMIN -> this == MANAGER || this == ADMIN;
            };
        }
    }
}
