package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * A parser of Jackson's that reads many small JSON objects, one after the other: to create one takes more time and
 * memory than to read a frame. Used by one thread at a time.
 */
final class ReusableJsonParser {

    /**
     * Most values and names of one object, and of those before it that the same parser read. A tree of tiny values
     * takes thirty times its bytes; real frames have a few hundred.
     */
    private static final int MOST_TOKENS = 300_000;

    /** Limits the nesting and the number of tokens: the length of a text is bounded by the longest line. */
    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNestingDepth(200)
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .build())
            .build();

    /**
     * Bytes that are enough for one parser: it keeps the name of every field that it met, and its largest buffer. They
     * have fewer tokens than {@link #MOST_TOKENS}, so that a next object has some left.
     */
    private static final int BYTES_PER_PARSER = 256 * 1024;

    private static final byte[] NOTHING = {};

    private final Source source = new Source();
    private final JsonParser json;
    private int read;

    /** The bytes of the present object, and no more: the parser must not wait for the next. */
    private static final class Source extends ByteArrayInputStream {

        Source() {
            super(NOTHING);
        }

        void set(byte[] bytes, int offset, int length) {
            buf = bytes;
            pos = offset;
            count = offset + length;
        }
    }

    /** A parser that stands before its first object. Jackson reads the beginning at once, to know the encoding. */
    ReusableJsonParser(byte[] bytes, int offset, int length) throws IOException {
        source.set(bytes, offset, length);
        json = MAPPER.createParser(source);
    }

    JsonParser json() {
        return json;
    }

    /** Goes on to another object, after {@link #end} allowed it. */
    void next(byte[] bytes, int offset, int length) {
        source.set(bytes, offset, length);
    }

    /**
     * Forgets what follows the object of {@code length} bytes that was read.
     *
     * @return whether another one may follow; else {@link #close} has to
     */
    boolean end(int length) throws IOException {
        read += length;
        json.releaseBuffered(OutputStream.nullOutputStream());
        source.set(NOTHING, 0, 0);
        return read < BYTES_PER_PARSER
                && json instanceof UTF8StreamJsonParser
                && json.currentToken() == JsonToken.END_OBJECT
                && json.getParsingContext().inRoot();
    }

    /** Gives the buffers back, and the names of fields to later parsers. */
    void close() throws IOException {
        json.close();
    }

    /** The string at which the parser stands; empty where it stands at something else, which it skips. */
    String text() throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        json.skipChildren();
        return "";
    }

    /** A field that mostly has the string of the object before, which then is the same instance. */
    final class Word {

        /** Most characters that are kept for the next object. */
        private static final int LONGEST = 64;

        private String last = "";
        private char[] characters = {};

        /** The same as {@link #text}. */
        String read() throws IOException {
            if (json.currentToken() == JsonToken.VALUE_STRING && isRepeated()) {
                return last;
            }
            String text = text();
            last = text.length() > LONGEST ? "" : text;
            characters = last.toCharArray();
            return text;
        }

        private boolean isRepeated() throws IOException {
            int length = json.getTextLength();
            int offset = json.getTextOffset();
            return length == characters.length
                    && Arrays.equals(json.getTextCharacters(), offset, offset + length, characters, 0, length);
        }
    }
}
