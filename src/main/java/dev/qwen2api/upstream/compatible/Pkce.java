package dev.qwen2api.upstream.compatible;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Proof that whoever redeems a code is the one who asked for it (RFC 7636, method S256).
 *
 * @param verifier the secret that is shown when the code is redeemed
 */
record Pkce(String verifier) {

    /** 32 bytes make the 43 characters that the RFC recommends. */
    private static final int BYTES = 32;

    static Pkce fresh(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new Pkce(base64(secret));
    }

    /** What may be seen of the secret when the code is asked for. */
    String challenge() {
        try {
            return base64(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "Pkce[***]";
    }
}
