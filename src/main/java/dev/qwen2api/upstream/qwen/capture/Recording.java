package dev.qwen2api.upstream.qwen.capture;

import java.util.List;
import java.util.Map;

/**
 * What went over the wire, as it was: full of secrets, and never written before {@link Scrubber} has been over it.
 *
 * @param model the model that was requested
 * @param exchanges in order
 */
public record Recording(String model, List<Exchange> exchanges) {

    public Recording {
        exchanges = List.copyOf(exchanges);
    }

    /**
     * One request and its reply.
     *
     * @param request the request
     * @param reply its reply, as far as it came
     * @param end how the reply ended, in a few words of our own
     */
    public record Exchange(Part request, Part reply, String end) {}

    /**
     * A request or a reply.
     *
     * @param head method and path with its query, or the status; empty where there was no reply
     */
    public record Part(String head, Map<String, List<String>> headers, String body) {

        @Override
        public String toString() {
            return "Part[***]";
        }
    }
}
