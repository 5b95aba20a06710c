package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/** Requests, read. */
final class Asked {

    private Asked() {}

    /** A request with a model and these further fields. */
    static ResponsesRequest with(String fields) {
        return with(fields, id -> Optional.empty());
    }

    static ResponsesRequest with(String fields, Function<String, Optional<StoredResponse>> earlier) {
        return body("{\"model\":\"qwen-max\"," + fields + "}", earlier);
    }

    static ResponsesRequest body(String body, Function<String, Optional<StoredResponse>> earlier) {
        try {
            return ResponsesCodec.parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), earlier);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
