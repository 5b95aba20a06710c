package dev.qwen2api.api.openai.responses;

import dev.qwen2api.failure.Problem;

/** A response in the making: what both printers have in common. Used by one thread. */
final class ResponseDraft {

    private final ResponseBrief brief;
    private final ResponseObject object;
    private final OutputItems outputItems;

    ResponseDraft(ResponseBrief brief, EventListener eventListener) {
        this.brief = brief;
        this.object = new ResponseObject(brief.head(), brief.request().form().echo());
        this.outputItems = new OutputItems(brief.head().id(), brief.request().form(), eventListener);
    }

    OutputItems output() {
        return outputItems;
    }

    String begun() {
        return object.begun();
    }

    String failed(Problem problem) {
        outputItems.cutOff();
        return object.failed(outputItems, problem);
    }

    /** The name of the end that the answer came to. */
    String status() {
        return ResponseObject.status(outputItems.end());
    }

    /** The finished response; from here on it can be gone on from. */
    String finish() {
        String body = object.ended(outputItems, brief.clock().instant());
        if (brief.request().store()) {
            var messageAssembler = new MessageAssembler(brief.request().said());
            outputItems.addTo(messageAssembler);
            brief.keep().accept(new HeldResponse(brief.head().id(), body, messageAssembler.list()));
        }
        return body;
    }
}
