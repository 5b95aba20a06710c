package dev.qwen2api.api.openai.responses;

import java.util.Optional;

/** The earlier responses that one client may go on from. */
@FunctionalInterface
public interface Earlier {
    Optional<HeldResponse> find(String id);
}
