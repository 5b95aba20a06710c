package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Prints the response object in each of its states. */
final class ResponseObject {

    private final String head;
    private final String echo;

    ResponseObject(ResponseHead head, String echo) {
        this.head = "{\"id\":\"" + head.id() + "\",\"object\":\"response\",\"created_at\":"
                + head.created().getEpochSecond();
        this.echo = echo;
    }

    String begun() {
        return print("in_progress", ",\"completed_at\":null,\"error\":null,\"incomplete_details\":null", "[]", "");
    }

    /** How an answer ended that has an end. */
    String ended(OutputItems outputItems, Instant when) {
        String cut = cut(outputItems.end());
        String end = cut.isEmpty()
                ? ",\"completed_at\":" + when.getEpochSecond() + ",\"error\":null,\"incomplete_details\":null"
                : ",\"completed_at\":null,\"error\":null,\"incomplete_details\":{\"reason\":\"" + cut + "\"}";
        return print(status(outputItems.end()), end, outputItems.json().toString(), usage(outputItems.cost()));
    }

    String failed(OutputItems outputItems, Problem problem) {
        String error = "{\"code\":\"" + ResponseErrorCode.of(problem.kind()) + "\",\"message\":"
                + quoted(problem.message()) + "}";
        return print(
                "failed",
                ",\"completed_at\":null,\"error\":" + error + ",\"incomplete_details\":null",
                outputItems.json().toString(),
                "");
    }

    /** The status of a response, which is the name of its last event, too. */
    static String status(Reason reason) {
        return cut(reason).isEmpty() ? "completed" : "incomplete";
    }

    /** What cut the answer short; empty where it is whole. */
    private static String cut(Reason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> "";
            case LENGTH -> "max_output_tokens";
            case CONTENT_FILTER -> "content_filter";
        };
    }

    private String print(String status, String end, String output, String usage) {
        return head + ",\"status\":\"" + status + "\"" + end + "," + echo + ",\"output\":" + output + usage + "}";
    }

    private static String usage(Usage usage) {
        return ",\"usage\":{\"input_tokens\":" + usage.input()
                + ",\"input_tokens_details\":{\"cached_tokens\":" + usage.cached() + ",\"cache_write_tokens\":0}"
                + ",\"output_tokens\":" + usage.output()
                + ",\"output_tokens_details\":{\"reasoning_tokens\":" + usage.reasoning() + "}"
                + ",\"total_tokens\":" + usage.total() + "}";
    }

    private static String quoted(String text) {
        return new String(JsonStringWriter.quoted(text), StandardCharsets.UTF_8);
    }
}
