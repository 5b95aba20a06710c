package dev.qwen2api.fakeqwen;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the service answers to one prompt. Immutable; every method returns a changed copy.
 *
 * <p>The parts are sent in the service's order whatever the order of the calls: keep-alives, then reasoning and
 * searches as they were added, then text, pictures and raw frames as they were added.
 *
 * @param parts the content
 * @param usage the final token counts; empty for an estimate
 * @param pace the waits in between
 */
public record Answer(List<Part> parts, Optional<Usage> usage, Pace pace) {
    private static final Pattern AFTER_BLANK = Pattern.compile("(?<=\\s)(?=\\S)");

    /** Copies the list. */
    public Answer {
        parts = parts.stream().sorted(Comparator.comparingInt(Part::rank)).toList();
    }

    /** One entry of a thinking summary. */
    public record Thought(String title, String thought) {}

    /** One search hit. */
    public record Doc(String url, String title, String snippet) {
        /** The host of the address. */
        String hostname() {
            return Optional.ofNullable(URI.create(url).getHost()).orElse("");
        }
    }

    /** Token counts; reasoning tokens are part of the output tokens. */
    public record Usage(int input, int output, int reasoning) {}

    /** Waits: before the first frame, before each text frame, before each keep-alive. */
    public record Pace(Duration first, Duration perChunk, Duration keepAliveEvery) {
        /** No waits. */
        public static Pace none() {
            return new Pace(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        }
    }

    /** A piece of content. */
    public sealed interface Part {
        /** The place in the stream: lower goes first. */
        int rank();

        /** Keep-alive frames before anything else. */
        record KeepAlives(int count) implements Part {
            @Override
            public int rank() {
                return 0;
            }
        }

        /** A thinking summary, one frame per thought, each with all thoughts so far. */
        record Summary(List<Thought> thoughts) implements Part {
            @Override
            public int rank() {
                return 1;
            }
        }

        /** Raw reasoning, one frame per delta. */
        record Think(List<String> deltas) implements Part {
            @Override
            public int rank() {
                return 1;
            }
        }

        /** A web search; the older form has no call frames. */
        record Search(String query, List<Doc> docs, boolean older) implements Part {
            @Override
            public int rank() {
                return 1;
            }
        }

        /** Answer text, one frame per chunk. */
        record Text(List<String> chunks) implements Part {
            @Override
            public int rank() {
                return 2;
            }
        }

        /** A generated picture. */
        record Picture(String url, int width, int height) implements Part {
            @Override
            public int rank() {
                return 2;
            }
        }

        /** Text put on the wire as it is, line ends included. */
        record Raw(String wire) implements Part {
            @Override
            public int rank() {
                return 2;
            }
        }

        /** The whole body, with no other frame around it. */
        record Body(String wire) implements Part {
            @Override
            public int rank() {
                return 3;
            }
        }

        /** A native tool call, on the portal only; the arguments come in two pieces. */
        record Call(String id, String name, String arguments) implements Part {
            @Override
            public int rank() {
                return 3;
            }
        }

        /** A video task that is ready after so many polls, or fails then if the URL is empty. */
        record Video(String url, int polls) implements Part {
            @Override
            public int rank() {
                return 3;
            }
        }
    }

    /** An answer without content: opening frame, empty frames, last frame. */
    public static Answer empty() {
        return new Answer(List.of(), Optional.empty(), Pace.none());
    }

    /** A text, cut behind blanks into word-sized frames. */
    public static Answer text(String text) {
        return text.isEmpty() ? empty() : empty().chunks(AFTER_BLANK.split(text));
    }

    /** A picture of 1024 x 1024 at an address. */
    public static Answer image(String url) {
        return empty().picture(url, 1024, 1024);
    }

    /** A video that is ready at the first poll. */
    public static Answer video(String url) {
        return empty().with(new Part.Video(url, 0));
    }

    /** A video task that ends in failure. */
    public static Answer failedVideo() {
        return empty().with(new Part.Video("", 0));
    }

    /** Exactly this text as the body of the stream; nothing is added. */
    public static Answer body(String wire) {
        return empty().with(new Part.Body(wire));
    }

    /** More text, one frame per chunk. */
    public Answer chunks(String... chunks) {
        return with(new Part.Text(List.of(chunks)));
    }

    /** A thinking summary. Sent only if the request has {@code thinking_enabled}. */
    public Answer thinking(Thought... thoughts) {
        return with(new Part.Summary(List.of(thoughts)));
    }

    /** Raw reasoning deltas. Sent only if the request has {@code thinking_enabled}. */
    public Answer think(String... deltas) {
        return with(new Part.Think(List.of(deltas)));
    }

    /** A web search: cumulative call frames, then a result frame. */
    public Answer search(String query, Doc... docs) {
        return with(new Part.Search(query, List.of(docs), false));
    }

    /** A web search in the older form: a growing {@code web_search_info} list. */
    public Answer searchInfo(Doc... docs) {
        return with(new Part.Search("", List.of(docs), true));
    }

    /** A picture. */
    public Answer picture(String url, int width, int height) {
        return with(new Part.Picture(url, width, height));
    }

    /** Text put on the wire as it is among the answer frames; the caller writes {@code data: } and the blank line. */
    public Answer raw(String wire) {
        return with(new Part.Raw(wire));
    }

    /** A native tool call of the portal. */
    public Answer call(String id, String name, String arguments) {
        return with(new Part.Call(id, name, arguments));
    }

    /** Keep-alive frames at the head of the stream. */
    public Answer keepAlives(int count) {
        return with(new Part.KeepAlives(count));
    }

    /** A wait before each keep-alive frame. */
    public Answer keepAliveEvery(Duration every) {
        return new Answer(parts, usage, new Pace(pace.first(), pace.perChunk(), every));
    }

    /** Final token counts without reasoning. */
    public Answer usage(int input, int output) {
        return usage(input, output, 0);
    }

    /** Final token counts. */
    public Answer usage(int input, int output, int reasoning) {
        return new Answer(parts, Optional.of(new Usage(input, output, reasoning)), pace);
    }

    /** A wait between the response headers and the first frame. */
    public Answer delay(Duration first) {
        return new Answer(parts, usage, new Pace(first, pace.perChunk(), pace.keepAliveEvery()));
    }

    /** A wait before each text frame. */
    public Answer delayPerChunk(Duration each) {
        return new Answer(parts, usage, new Pace(pace.first(), each, pace.keepAliveEvery()));
    }

    /** A video that needs so many polls. */
    public Answer readyAfterPolls(int polls) {
        return new Answer(
                parts.stream()
                        .map(part -> part instanceof Part.Video video ? new Part.Video(video.url(), polls) : part)
                        .toList(),
                usage,
                pace);
    }

    /** The text chunks in order, pictures as their addresses. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Text text) {
                texts.addAll(text.chunks());
            } else if (part instanceof Part.Picture picture) {
                texts.add(picture.url());
            }
        }
        return texts;
    }

    <T extends Part> Optional<T> first(Class<T> kind) {
        return parts.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    private Answer with(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return new Answer(more, usage, pace);
    }

    /** Several thoughts from titles and texts in turn. */
    public static Thought[] thoughts(String... titlesAndTexts) {
        Thought[] thoughts = new Thought[titlesAndTexts.length / 2];
        Arrays.setAll(thoughts, i -> new Thought(titlesAndTexts[2 * i], titlesAndTexts[2 * i + 1]));
        return thoughts;
    }
}
