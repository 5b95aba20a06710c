package dev.qwen2api.chat;

import java.util.List;
import java.util.Locale;

/**
 * A picture, video, sound or document in a message.
 *
 * @param kind as the client declared it; once it is {@link Attached}, as its bytes say
 * @param source where the bytes are
 * @param name the file name that the client gave; may be empty
 * @param path where it stands in the request, such as {@code messages[0].content[1].image_url}: names it in a refusal
 */
public record Media(MediaType kind, Source source, String name, String path) implements Message.Part {

    /** What it is for the upstream. */
    public enum MediaType {
        IMAGE("a picture"),
        VIDEO("a video"),
        AUDIO("a sound"),
        /** Anything where a client declares it, a document once the bytes were looked at. */
        FILE("a document");

        private final String words;

        MediaType(String words) {
            this.words = words;
        }

        /** For people, with its article. */
        public String words() {
            return words;
        }
    }

    /** Where bytes are. */
    public sealed interface Source permits Written, Remote, Attached {}

    /** In the request itself: a data URI or bare base64, not looked at yet. */
    public record Written(String text) implements Source {

        @Override
        public String toString() {
            return "Written[" + text.length() + "]";
        }
    }

    /** Behind an http or https address, not fetched yet. */
    public record Remote(String url) implements Source {

        @Override
        public String toString() {
            return "Remote[***]";
        }
    }

    /** Here, by reference. */
    public record Attached(Attachment attachment) implements Source {}

    /** The media of a message, in order. */
    public static List<Media> in(Message message) {
        return message.parts().stream()
                .filter(Media.class::isInstance)
                .map(Media.class::cast)
                .toList();
    }

    /** Takes what a client wrote: an address where it begins like one, bytes otherwise. */
    public static Media of(MediaType mediaType, String text, String name, String path) {
        String start = text.substring(0, Math.min(text.length(), 8)).toLowerCase(Locale.ROOT);
        boolean remote = start.startsWith("http://") || start.startsWith("https://");
        return new Media(mediaType, remote ? new Remote(text) : new Written(text), name, path);
    }

    /** The same, here, and known for what it is. */
    public Media with(MediaType seen, String fileName, Attachment attachment) {
        return new Media(seen, new Attached(attachment), fileName, path);
    }

    /** How many characters it keeps in memory. */
    public long weight() {
        if (source instanceof Written written) {
            return written.text().length();
        }
        return source instanceof Remote remote ? remote.url().length() : 0;
    }
}
