package dev.qwen2api.api.openai.responses;

import java.time.Instant;
import java.util.UUID;

/**
 * What one response is known by.
 *
 * @param id its unique name, {@code resp_} and 32 hexadecimal digits
 * @param created when it was asked for
 */
public record ResponseHead(String id, Instant created) {

    /** The head of a new response. */
    public static ResponseHead fresh(Instant created) {
        return new ResponseHead(ItemIds.RESPONSE + UUID.randomUUID().toString().replace("-", ""), created);
    }
}
