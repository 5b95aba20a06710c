package dev.qwen2api.api.openai;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.ProblemPrinter;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.nio.charset.StandardCharsets;

/**
 * Prints a problem of the CLI routes: OpenAI's error object, but for the lack of accounts, of which clients of that route have
 * always been told by a bare sentence. Thread-safe.
 */
public final class CliErrorCodec implements ProblemPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    private final ErrorCodec common = new ErrorCodec();

    @Override
    public byte[] print(Problem problem) {
        return problem.kind() == ProblemKind.NO_ACCOUNT
                ? JSON.createObjectNode()
                        .put("error", WellFormedText.text(problem.message()))
                        .toString()
                        .getBytes(StandardCharsets.UTF_8)
                : common.print(problem);
    }
}
