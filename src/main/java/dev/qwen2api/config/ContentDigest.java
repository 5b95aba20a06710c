package dev.qwen2api.config;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Stands for the bytes of a file without keeping them.
 *
 * @param sha256 in hexadecimal digits; empty for a file that could not be read
 */
public record ContentDigest(String sha256) {

    /** No bytes at all, not even none. */
    public static final ContentDigest NONE = new ContentDigest("");

    static ContentDigest of(byte[] bytes) {
        try {
            return new ContentDigest(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return sha256.isEmpty() ? "none" : sha256.substring(0, 8);
    }
}
