package dev.qwen2api.fakeqwen;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Fresh identifiers without the lock of {@link UUID#randomUUID()}: thousands of streams a second ask for them. */
final class Ids {
    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT_IETF = 0x8000000000000000L;

    private Ids() {}

    static String uuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xF000L) | VERSION_4;
        long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | VARIANT_IETF;
        return new UUID(high, low).toString();
    }

    static String hex(int digits) {
        StringBuilder out = new StringBuilder(digits + 16);
        while (out.length() < digits) {
            out.append(String.format("%016x", ThreadLocalRandom.current().nextLong()));
        }
        return out.substring(0, digits);
    }
}
