package dev.qwen2api.api.openai.responses;

import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What it takes to print a response.
 *
 * @param head what it is known by
 * @param request what was asked
 * @param clock tells when it is complete
 * @param keep takes the finished response, if it may be stored
 */
public record ResponseBrief(
        ResponseHead head, ResponsesRequest request, InstantSource clock, Consumer<HeldResponse> keep) {}
