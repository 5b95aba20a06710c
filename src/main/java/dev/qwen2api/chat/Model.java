package dev.qwen2api.chat;

import java.time.Instant;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A model of the service's catalogue.
 *
 * @param id the upstream's id
 * @param created when it appeared
 * @param thinking whether it can think
 * @param thinkingOptional whether thinking can be switched off
 * @param vision whether it sees pictures
 * @param chatTypes the upstream's names of the modes it offers
 * @param limits how much it reads and writes
 */
public record Model(
        String id,
        Instant created,
        boolean thinking,
        boolean thinkingOptional,
        boolean vision,
        Set<String> chatTypes,
        TokenLimits limits) {

    /**
     * How many tokens a model reads and writes at most, where the service says so.
     *
     * @param input the context window
     * @param output the longest answer
     */
    public record TokenLimits(OptionalInt input, OptionalInt output) {

        public static final TokenLimits UNKNOWN = new TokenLimits(OptionalInt.empty(), OptionalInt.empty());
    }

    /** A model of unknown limits. */
    public Model(
            String id,
            Instant created,
            boolean thinking,
            boolean thinkingOptional,
            boolean vision,
            Set<String> chatTypes) {
        this(id, created, thinking, thinkingOptional, vision, chatTypes, TokenLimits.UNKNOWN);
    }

    public Model {
        chatTypes = Set.copyOf(chatTypes);
    }
}
