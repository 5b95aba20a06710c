package dev.qwen2api.api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads a request's body as a JSON object. Thread-safe. */
public final class JsonBody {

    private static final int DEEPEST = 100;

    /** The body's size is limited where it is received; no string in it needs a limit of its own. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    // One pool for all: the default keeps 20 KB for every thread that ever read JSON, and here each
                    // request has one.
                    .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNumberLength(1000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBody() {}

    /**
     * Reads an object.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none
     * @throws IOException when the body could not be received
     */
    public static RequestField read(InputStream body) throws IOException {
        return RequestField.root(object(body));
    }

    /** The same, for those who hand it on. */
    public static ObjectNode object(InputStream body) throws IOException {
        if (tree(body) instanceof ObjectNode object) {
            return object;
        }
        throw Problem.of(ProblemKind.INVALID_REQUEST, "The body must be a JSON object.")
                .toException();
    }

    private static JsonNode tree(InputStream body) throws IOException {
        try {
            JsonNode root = JSON.readTree(body);
            return root == null ? JSON.missingNode() : root;
        } catch (StreamConstraintsException beyond) {
            throw new Problem(
                            ProblemKind.REQUEST_TOO_DEEP,
                            "The body is nested more than " + DEEPEST
                                    + " levels deep, or holds a number of absurd length.",
                            Optional.empty(),
                            Optional.empty())
                    .toException();
        } catch (JsonProcessingException broken) {
            throw Problem.of(ProblemKind.INVALID_REQUEST, "The body is not valid JSON" + where(broken) + ".")
                    .toException();
        } catch (java.io.CharConversionException broken) {
            throw Problem.of(ProblemKind.INVALID_REQUEST, "The body is not valid UTF-8.")
                    .toException();
        }
    }

    private static String where(JsonProcessingException broken) {
        var at = broken.getLocation();
        return at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }
}
