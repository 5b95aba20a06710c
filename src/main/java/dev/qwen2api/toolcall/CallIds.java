package dev.qwen2api.toolcall;

import java.util.Random;
import java.util.function.Supplier;

/** Names for calls: {@code call_} and 24 random letters and digits, the form that OpenAI's clients know. */
public final class CallIds implements Supplier<String> {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 24;

    private final Random random;

    /** Draws from {@code random}; as thread-safe as that is. */
    public CallIds(Random random) {
        this.random = random;
    }

    @Override
    public String get() {
        StringBuilder id = new StringBuilder("call_");
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
