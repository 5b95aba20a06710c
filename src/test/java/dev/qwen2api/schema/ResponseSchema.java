package dev.qwen2api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Which of OpenAI's descriptions an event of a response has to obey. */
public final class ResponseSchema {

    private static final Map<String, String> SCHEMAS = Map.ofEntries(
            Map.entry("response.created", "ResponseCreatedEvent"),
            Map.entry("response.in_progress", "ResponseInProgressEvent"),
            Map.entry("response.completed", "ResponseCompletedEvent"),
            Map.entry("response.incomplete", "ResponseIncompleteEvent"),
            Map.entry("response.failed", "ResponseFailedEvent"),
            Map.entry("response.output_item.added", "ResponseOutputItemAddedEvent"),
            Map.entry("response.output_item.done", "ResponseOutputItemDoneEvent"),
            Map.entry("response.content_part.added", "ResponseContentPartAddedEvent"),
            Map.entry("response.content_part.done", "ResponseContentPartDoneEvent"),
            Map.entry("response.output_text.delta", "ResponseTextDeltaEvent"),
            Map.entry("response.output_text.annotation.added", "ResponseOutputTextAnnotationAddedEvent"),
            Map.entry("response.output_text.done", "ResponseTextDoneEvent"),
            Map.entry("response.reasoning_summary_part.added", "ResponseReasoningSummaryPartAddedEvent"),
            Map.entry("response.reasoning_summary_text.delta", "ResponseReasoningSummaryTextDeltaEvent"),
            Map.entry("response.reasoning_summary_text.done", "ResponseReasoningSummaryTextDoneEvent"),
            Map.entry("response.reasoning_summary_part.done", "ResponseReasoningSummaryPartDoneEvent"),
            Map.entry("response.function_call_arguments.delta", "ResponseFunctionCallArgumentsDeltaEvent"),
            Map.entry("response.function_call_arguments.done", "ResponseFunctionCallArgumentsDoneEvent"),
            Map.entry("response.custom_tool_call_input.delta", "ResponseCustomToolCallInputDeltaEvent"),
            Map.entry("response.custom_tool_call_input.done", "ResponseCustomToolCallInputDoneEvent"));

    private ResponseSchema() {}

    /**
     * Checks one event of a stream, by its type.
     *
     * @throws AssertionError when it is of no known type, or not as the description of its type says
     */
    public static void checkEvent(JsonNode event) {
        String schema = SCHEMAS.get(event.path("type").asText());
        if (schema == null) {
            throw new AssertionError("an event of no known type: " + event);
        }
        OpenAiSchema.of(schema).check(event);
    }
}
