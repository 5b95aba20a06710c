package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.api.json.ProblemMessage;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * A response: its id, its time, its request, and the response object in each of its states. Immutable.
 *
 * @param id unique name, {@code resp_} and 32 hexadecimal digits
 * @param created when it was requested
 * @param request what the client asked
 */
public record Response(String id, Instant created, ResponsesRequest request) {

    /** A response with a new id. */
    public static Response create(Instant now, ResponsesRequest request) {
        return new Response(ItemIds.RESPONSE + UUID.randomUUID().toString().replace("-", ""), now, request);
    }

    String inProgress() {
        return print("in_progress", ",\"completed_at\":null,\"error\":null,\"incomplete_details\":null", "[]", "");
    }

    /** The response at the end of its answer. */
    String ended(Reason reason, Instant when, ArrayNode output, Usage usage) {
        String cut = cutBy(reason);
        String end = cut.isEmpty()
                ? ",\"completed_at\":" + when.getEpochSecond() + ",\"error\":null,\"incomplete_details\":null"
                : ",\"completed_at\":null,\"error\":null,\"incomplete_details\":{\"reason\":\"" + cut + "\"}";
        return print(status(reason), end, output.toString(), usage(usage));
    }

    String failed(Problem problem, ArrayNode output) {
        String error = "{\"code\":\"" + errorCode(problem.kind()) + "\",\"message\":"
                + new String(JsonStringWriter.quoted(ProblemMessage.of(problem)), StandardCharsets.UTF_8) + "}";
        return print(
                "failed",
                ",\"completed_at\":null,\"error\":" + error + ",\"incomplete_details\":null",
                output.toString(),
                "");
    }

    /** The status of an ended response, which is the name of its last event, too. */
    static String status(Reason reason) {
        return cutBy(reason).isEmpty() ? "completed" : "incomplete";
    }

    /** The limit that cut the answer off; empty for a complete answer. */
    private static String cutBy(Reason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> "";
            case LENGTH -> "max_output_tokens";
            case CONTENT_FILTER -> "content_filter";
        };
    }

    private String print(String status, String end, String output, String usage) {
        return "{\"id\":\"" + id + "\",\"object\":\"response\",\"created_at\":" + created.getEpochSecond()
                + ",\"status\":\"" + status + "\"" + end + "," + request.form().echo() + ",\"output\":" + output
                + usage + "}";
    }

    static String usage(Usage usage) {
        return ",\"usage\":{\"input_tokens\":" + usage.input()
                + ",\"input_tokens_details\":{\"cached_tokens\":" + usage.cached() + ",\"cache_write_tokens\":0}"
                + ",\"output_tokens\":" + usage.output()
                + ",\"output_tokens_details\":{\"reasoning_tokens\":" + usage.reasoning() + "}"
                + ",\"total_tokens\":" + usage.total() + "}";
    }

    /** The schema knows few codes for a failed response. */
    private static String errorCode(ProblemKind kind) {
        if (kind.status() == 429) {
            return "rate_limit_exceeded";
        }
        return kind.status() < 500 ? "invalid_prompt" : "server_error";
    }
}
