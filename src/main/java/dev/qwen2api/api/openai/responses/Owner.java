package dev.qwen2api.api.openai.responses;

/**
 * Whose a response is: the key that it was asked for with.
 *
 * @param fingerprint differs from key to key, and does not tell the key
 */
public record Owner(String fingerprint) {

    /** Says nothing: who knows a weak key's fingerprint can try keys against it. */
    @Override
    public String toString() {
        return "Owner";
    }
}
