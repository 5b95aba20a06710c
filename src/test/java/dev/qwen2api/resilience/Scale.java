package dev.qwen2api.resilience;

/** How hard to attack. */
final class Scale {

    private static final boolean FULL = Boolean.getBoolean("survive");

    private Scale() {}

    /** The measure of the short form, or of the full one. */
    static int of(int brief, int full) {
        return FULL ? full : brief;
    }
}
