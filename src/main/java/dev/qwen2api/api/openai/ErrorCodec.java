package dev.qwen2api.api.openai;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.ProblemMessage;
import dev.qwen2api.chat.ProblemPrinter;
import dev.qwen2api.failure.Problem;

/** Prints a problem as OpenAI's error object. Thread-safe. */
public final class ErrorCodec implements ProblemPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public byte[] print(Problem problem) {
        ObjectNode root = JSON.createObjectNode();
        root.putObject("error")
                .put("message", ProblemMessage.of(problem))
                .put("type", problem.kind().type())
                .put("param", problem.param().orElse(null))
                .put("code", problem.kind().code());
        return utf8(root.toString());
    }
}
