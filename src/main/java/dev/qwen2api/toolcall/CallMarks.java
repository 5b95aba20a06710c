package dev.qwen2api.toolcall;

/**
 * The marks that models are taught to put around a call, and that we put around a result. They are not {@code <tool_call>},
 * the form that Qwen's models were trained on: the web service reads that one itself, looks for the tool among its own, and
 * tells the model that it does not exist. Two other gateways report it (2026-05 and 2026-08); one of them got around it with
 * square brackets. The marks of a call have no attributes, for models copy every mark that they see, and copy attributes
 * badly. {@link TagVocabulary} understands these marks and the native ones alike.
 */
final class CallMarks {

    static final String OPEN = "[tool_call]";
    static final String CLOSE = "[/tool_call]";
    static final String RESULT = "[tool_result";
    static final String RESULT_CLOSE = "[/tool_result]";

    private CallMarks() {}
}
