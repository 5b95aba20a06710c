package dev.qwen2api.chat;

import java.time.Duration;
import java.util.Optional;

/**
 * What an upstream that speaks OpenAI's wire format said instead of an answer.
 *
 * @param status its HTTP status, 400 to 599
 * @param message its words, with whose credential met them; holds no secret
 * @param type its {@code error.type}
 * @param param the request field at fault, where it named one
 * @param code its {@code error.code}, where it named one
 * @param retryAfter when trying again makes sense, where it said
 */
public record RelayedError(
        int status,
        String message,
        String type,
        Optional<String> param,
        Optional<String> code,
        Optional<Duration> retryAfter) {

    public RelayedError {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("no status of an error: " + status);
        }
    }
}
