package dev.qwen2api.api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads a request's body as a JSON object. Thread-safe. */
public final class JsonBody {

    private static final int DEEPEST = 100;

    /**
     * The body's size is limited where it is received; no string in it needs a limit of its own. Names are not
     * interned: those of strangers would fill the JVM's own table.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            // One pool for all: the default keeps 20 KB for every thread that ever read JSON, and here each request has
            // one.
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(1000)
                    .build())
            .build();

    private JsonBody() {}

    /**
     * Reads an object.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none, or when its tree takes too much memory
     * @throws IOException when the body could not be received
     */
    public static RequestField read(InputStream body) throws IOException {
        return RequestField.root(tree(body)
                .orElseThrow(() -> Problem.of(ProblemKind.INVALID_REQUEST, "The body must be a JSON object.")
                        .toException()));
    }

    private static Optional<ObjectNode> tree(InputStream body) throws IOException {
        TreeMemory memory = TreeMemory.of(body);
        try (JsonParser parser = JSON.createParser(body)) {
            boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
            Optional<ObjectNode> object =
                    isObject ? Optional.of(new JsonTreeReader(parser, memory).object()) : Optional.empty();
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "trailing tokens");
            }
            return object;
        } catch (StreamConstraintsException beyond) {
            throw Problem.of(
                            ProblemKind.REQUEST_TOO_DEEP,
                            "The body is nested more than " + DEEPEST
                                    + " levels deep, or holds a number of absurd length.")
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
