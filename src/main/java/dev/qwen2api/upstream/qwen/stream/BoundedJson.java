package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;

/** Reads replies of services as trees. A tree of tiny values takes thirty times its bytes: their number is limited. */
public final class BoundedJson {

    /** Throws {@code IOException} beyond the limit, which is more than ten times what any real reply holds. */
    public static final JsonMapper MAPPER = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxTokenCount(300_000).build())
            .build());

    private BoundedJson() {}

    /** The tree of a reply; a missing node if it is no JSON, as a page is none. */
    public static JsonNode read(byte[] text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException page) {
            return MissingNode.getInstance();
        }
    }
}
