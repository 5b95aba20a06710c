package dev.qwen2api.openai.responses;

import dev.qwen2api.failure.Problem;

/** A response in the making: what both printers have in common. Used by one thread. */
final class ResponseDraft {

    private final ResponseBrief brief;
    private final ResponseObject object;
    private final Output output;

    ResponseDraft(ResponseBrief brief, Frames frames) {
        this.brief = brief;
        this.object = new ResponseObject(brief.head(), brief.request().form().echo());
        this.output = new Output(brief.head().id(), brief.request().form(), frames);
    }

    Output output() {
        return output;
    }

    String begun() {
        return object.begun();
    }

    String failed(Problem problem) {
        output.cutOff();
        return object.failed(output, problem);
    }

    /** The name of the end that the answer came to. */
    String status() {
        return ResponseObject.status(output.end());
    }

    /** The finished response; from here on it can be gone on from. */
    String finish() {
        String body = object.ended(output, brief.clock().instant());
        if (brief.request().store()) {
            var turns = new Turns(brief.request().said());
            output.addTo(turns);
            brief.keep().accept(new HeldResponse(brief.head().id(), body, turns.list()));
        }
        return body;
    }
}
