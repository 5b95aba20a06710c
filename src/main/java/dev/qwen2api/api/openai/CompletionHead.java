package dev.qwen2api.api.openai;

import java.time.Instant;

/**
 * What every chunk and the body of one completion have in common.
 *
 * @param id unique name of the completion, {@code chatcmpl-…}
 * @param created when it was asked for
 * @param model the name that the client asked for
 */
public record CompletionHead(String id, Instant created, String model) {}
