package dev.qwen2api.chat;

import java.time.Instant;
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
 */
public record Model(
        String id, Instant created, boolean thinking, boolean thinkingOptional, boolean vision, Set<String> chatTypes) {

    public Model {
        chatTypes = Set.copyOf(chatTypes);
    }
}
