package dev.qwen2api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the bytes of a streamed chat completion by the rules of widespread chat clients. They differ in how they cut
 * the stream into events and in what of a chunk they look at.
 */
enum ChatReader {
    /** Cuts at blank lines, skips pieces that begin with a colon, and expects one line of JSON in every other piece. */
    DIFY {
        @Override
        List<String> events(String body) {
            return Arrays.stream(body.split("\n\n"))
                    .map(String::strip)
                    .filter(piece -> !piece.isEmpty() && !piece.startsWith(":"))
                    .map(piece ->
                            piece.startsWith("data: ") ? piece.substring(6).strip() : piece)
                    .filter(piece -> !piece.equals("[DONE]"))
                    .toList();
        }

        /** A piece of arguments belongs to the last call, whatever its index. A chunk must have choices. */
        @Override
        void chunk(JsonNode chunk, Seen seen) {
            seen.usage(chunk.path("usage"));
            if (!chunk.has("choices")) {
                seen.failed = true;
                return;
            }
            JsonNode delta = chunk.at("/choices/0/delta");
            seen.words(delta);
            delta.path("tool_calls").forEach(call -> seen.callAfter(call, call.at("/function/name")));
        }
    },

    /** Knows calls by their ids, and the end of thinking in tags only where the tag ends a chunk. */
    NEXTCHAT {
        @Override
        List<String> events(String body) {
            return serverSentEvents(body);
        }

        @Override
        void chunk(JsonNode chunk, Seen seen) {
            JsonNode delta = chunk.at("/choices/0/delta");
            JsonNode call = delta.at("/tool_calls/0");
            if (!call.isMissingNode()) {
                seen.callAfter(call, call.path("id"));
            }
            String thinking = delta.path("reasoning_content").asText("");
            String text = delta.path("content").asText("");
            if (!thinking.isEmpty()) {
                seen.thinking.append(thinking);
            } else if (text.startsWith("<think>")) {
                seen.tagged = true;
                seen.thinking.append(text.substring(7).strip());
            } else if (text.endsWith("</think>")) {
                seen.tagged = false;
            } else {
                (seen.tagged ? seen.thinking : seen.text).append(text);
            }
        }
    },

    /** An event with an error ends it. Of a last chunk it reads a text, else the sources. */
    LOBECHAT {
        @Override
        List<String> events(String body) {
            return serverSentEvents(body);
        }

        @Override
        void chunk(JsonNode chunk, Seen seen) {
            seen.usage(chunk.path("usage"));
            if (chunk.has("error")) {
                seen.failed = true;
            }
            JsonNode choice = chunk.at("/choices/0");
            JsonNode delta = choice.path("delta");
            if (!delta.path("tool_calls").isEmpty()) {
                delta.path("tool_calls").forEach(seen::callByIndex);
            } else if (choice.path("finish_reason").isTextual()) {
                seen.text.append(delta.path("content").asText(""));
                if (delta.path("content").asText("").isEmpty()) {
                    seen.sources(delta.path("annotations"));
                }
            } else if (delta.path("reasoning_content").isTextual()) {
                seen.thinking.append(delta.path("reasoning_content").textValue());
            } else if (delta.path("content").isTextual()) {
                seen.tags(delta.path("content").textValue());
            }
        }
    },

    /** Reads line by line, each with its own JSON; an error is a chunk without choices. */
    OPEN_WEBUI {
        @Override
        List<String> events(String body) {
            return body.lines()
                    .filter(line -> line.startsWith("data:"))
                    .map(line -> line.substring(5).strip())
                    .filter(data -> !data.equals("[DONE]"))
                    .toList();
        }

        @Override
        void chunk(JsonNode chunk, Seen seen) {
            seen.usage(chunk.path("usage"));
            if (chunk.path("choices").isEmpty()) {
                seen.failed |= chunk.has("error");
                return;
            }
            JsonNode delta = chunk.at("/choices/0/delta");
            seen.sources(delta.path("annotations"));
            delta.path("tool_calls").forEach(seen::callByIndex);
            seen.words(delta);
        }
    },

    /** Looks at deltas that are not empty alone, for sources and all; the chunk after the last one is the end. */
    CHERRY_STUDIO {
        @Override
        List<String> events(String body) {
            return serverSentEvents(body);
        }

        @Override
        void chunk(JsonNode chunk, Seen seen) {
            seen.usage(chunk.path("usage"));
            seen.failed |= chunk.has("error");
            if (seen.finished) {
                return;
            }
            JsonNode choice = chunk.at("/choices/0");
            JsonNode delta = choice.path("delta");
            boolean bare = !delta.path("content").isMissingNode()
                    && delta.path("content").asText("").isEmpty()
                    && delta.path("tool_calls").isEmpty()
                    && delta.path("reasoning_content").asText("").isEmpty();
            if (!delta.isEmpty() && !bare) {
                seen.sources(delta.path("annotations"));
                seen.words(delta);
                delta.path("tool_calls").forEach(seen::callByIndex);
            }
            seen.finished = choice.path("finish_reason").isTextual();
        }
    };

    private static final JsonMapper JSON = new JsonMapper();

    /** The data of the events. */
    abstract List<String> events(String body);

    /** Takes in one chunk. */
    abstract void chunk(JsonNode chunk, Seen seen);

    /** What its user sees of a stream. */
    Seen read(String body) {
        var seen = new Seen();
        for (String data : events(body)) {
            try {
                chunk(JSON.readTree(data), seen);
            } catch (JsonProcessingException broken) {
                throw new AssertionError(this + " cannot read: " + data, broken);
            }
        }
        return seen;
    }

    /** By the standard: comments are skipped, the data lines of an event are joined; up to the mark of the end. */
    private static List<String> serverSentEvents(String body) {
        return Stream.of(body.split("\n\n"))
                .map(event -> event.lines()
                        .filter(line -> line.startsWith("data:"))
                        .map(line -> line.substring(line.startsWith("data: ") ? 6 : 5))
                        .reduce((first, second) -> first + "\n" + second)
                        .orElse(""))
                .filter(data -> !data.isBlank())
                .takeWhile(data -> !data.equals("[DONE]"))
                .toList();
    }

    /** A stream as the user of a client sees it. */
    static final class Seen {

        final StringBuilder text = new StringBuilder();
        final StringBuilder thinking = new StringBuilder();
        final List<String> names = new ArrayList<>();
        final List<StringBuilder> arguments = new ArrayList<>();
        final List<String> sources = new ArrayList<>();
        int tokens;
        boolean failed;
        private boolean finished;
        private boolean tagged;

        private void words(JsonNode delta) {
            thinking.append(delta.path("reasoning_content").asText(""));
            tags(delta.path("content").asText(""));
        }

        /** Tags are found wherever they are. */
        private void tags(String content) {
            if (content.contains("<think>")) {
                tagged = true;
            } else if (content.contains("</think>")) {
                tagged = false;
            }
            (tagged ? thinking : text).append(content.replaceAll("</?think>", ""));
        }

        /** A call begins where {@code mark} is a text; all else goes on with the last one. */
        private void callAfter(JsonNode call, JsonNode mark) {
            if (mark.isTextual()) {
                names.add(call.at("/function/name").asText());
                arguments.add(new StringBuilder());
            }
            arguments
                    .get(arguments.size() - 1)
                    .append(call.at("/function/arguments").asText(""));
        }

        private void callByIndex(JsonNode call) {
            int index = call.path("index").asInt(-1);
            if (index == names.size()) {
                names.add("");
                arguments.add(new StringBuilder());
            }
            names.set(index, names.get(index) + call.at("/function/name").asText(""));
            arguments.get(index).append(call.at("/function/arguments").asText(""));
        }

        private void sources(JsonNode annotations) {
            for (JsonNode annotation : annotations) {
                if (annotation.path("type").asText().equals("url_citation")) {
                    sources.add(annotation.at("/url_citation/title").asText() + " "
                            + annotation.at("/url_citation/url").asText());
                }
            }
        }

        private void usage(JsonNode usage) {
            tokens = usage.path("total_tokens").asInt(tokens);
        }
    }
}
