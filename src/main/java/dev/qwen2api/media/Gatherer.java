package dev.qwen2api.media;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.Attachments;
import dev.qwen2api.chat.Clips;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Intake;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.Kind;
import dev.qwen2api.chat.Originals;
import dev.qwen2api.chat.Pictures;
import dev.qwen2api.chat.Turn;
import dev.qwen2api.failure.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Decodes and fetches what a conversation holds beside its words, as far as the service takes it, and judges it by its bytes.
 * Thread-safe.
 */
public final class Gatherer implements Attachments, Intake, Pictures, Clips {

    private final SpoolFolder folder;
    private final Downloads downloads;
    private final Fetcher fetcher;
    private final Originals originals;

    /**
     * @param threads wait for what is fetched
     * @param privateToo whether addresses of clients may lead to private hosts, now; for tests
     * @param originals where finished pictures and videos come from
     */
    public Gatherer(SpoolFolder folder, Executor threads, BooleanSupplier privateToo, Originals originals) {
        this.folder = folder;
        this.downloads = new Downloads(folder, threads);
        this.fetcher = new Fetcher(downloads, privateToo);
        this.originals = originals;
    }

    @Override
    public Gathered gather(Conversation conversation, BooleanSupplier gone) throws InterruptedException {
        boolean plain = conversation.turns().stream()
                .allMatch(turn -> turn.parts().stream().allMatch(Turn.Text.class::isInstance));
        if (plain) {
            return new Haul(conversation, List.of());
        }
        var selection = Selection.of(conversation.turns());
        var spools = new ArrayList<Spool>();
        boolean done = false;
        try {
            var turns = new ArrayList<Turn>();
            for (Turn turn : conversation.turns()) {
                turns.add(gathered(turn, selection, spools, gone));
            }
            done = true;
            return new Haul(conversation.withTurns(turns), List.copyOf(spools));
        } finally {
            if (!done) {
                spools.forEach(Spool::close);
            }
        }
    }

    @Override
    public Parcel begin() {
        return new Spool(folder);
    }

    @Override
    public String base64(String url, BooleanSupplier gone) throws InterruptedException {
        try (Spool spool = original(url, Kind.IMAGE, gone);
                InputStream bytes = spool.open()) {
            return Base64.getEncoder().encodeToString(bytes.readAllBytes());
        } catch (NotFetchedException | IOException why) {
            throw Problem.of(
                            Problem.Kind.UPSTREAM_ERROR,
                            "The picture was made but could not be fetched (" + why.getMessage()
                                    + "). Ask with 'response_format': 'url'.")
                    .toException();
        }
    }

    @Override
    public Attachment fetch(String url, BooleanSupplier gone) throws InterruptedException {
        try {
            return original(url, Kind.VIDEO, gone);
        } catch (NotFetchedException why) {
            throw Problem.of(Problem.Kind.UPSTREAM_ERROR, "The video was made but " + why.getMessage() + ".")
                    .toException();
        }
    }

    private Spool original(String url, Kind kind, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        return downloads.take(new OriginalSource(originals.open(url)), Selection.mostBytes(kind), gone);
    }

    private Turn gathered(Turn turn, Selection selection, List<Spool> spools, BooleanSupplier gone)
            throws InterruptedException {
        var parts = new ArrayList<Turn.Part>();
        for (Turn.Part part : turn.parts()) {
            if (!(part instanceof Media media)) {
                parts.add(part);
            } else if (selection.leavesOut(media)) {
                parts.add(new Turn.Text("[" + media.kind().words() + " from earlier is left out here]"));
            } else if (media.source() instanceof Media.Attached here) {
                parts.add(judged(media, begun(here.attachment())));
            } else {
                Spool spool = spool(media, gone);
                spools.add(spool);
                parts.add(judged(media, spool));
            }
        }
        return new Turn(turn.role(), parts, turn.calls(), turn.callId());
    }

    /** What came through {@link #begin}, whose maker throws it away. */
    private static Spool begun(Attachment attachment) {
        if (attachment instanceof Spool spool) {
            return spool;
        }
        throw new IllegalArgumentException("an attachment of somebody else's");
    }

    private Spool spool(Media media, BooleanSupplier gone) throws InterruptedException {
        long most = Selection.mostBytes(media.kind());
        if (media.source() instanceof Media.Written written) {
            return written(media, written.text(), most);
        }
        try {
            return fetcher.fetch(((Media.Remote) media.source()).url(), most, gone);
        } catch (NotFetchedException why) {
            throw refused(media, String.valueOf(why.getMessage()));
        }
    }

    private Spool written(Media media, String text, long most) {
        int start = 0;
        if (text.regionMatches(true, 0, "data:", 0, 5)) {
            start = text.indexOf(',') + 1;
            if (start == 0 || !text.regionMatches(true, start - 8, ";base64,", 0, 8)) {
                throw refused(media, "is neither an http(s) address nor a base64 data URI");
            }
        }
        if ((text.length() - start) / 4L * 3 > most) {
            throw refused(media, "is larger than the " + (most >> 20) + " MB that are allowed");
        }
        var spool = new Spool(folder);
        boolean sound = false;
        try {
            var sink = new Base64Sink(spool);
            for (int i = start; i < text.length(); i++) {
                sink.put(text.charAt(i));
            }
            sound = sink.finish();
        } finally {
            if (!sound) {
                spool.close();
            }
        }
        if (!sound) {
            throw refused(media, "is neither an http(s) address nor valid base64");
        }
        return spool;
    }

    /** A file may be anything that can be read; what is said to be a picture must be one. */
    private static Media judged(Media media, Spool spool) {
        Optional<ContentType> seen = ContentType.of(spool.head(), media.name());
        if (seen.isEmpty()) {
            throw refused(media, spool.size() == 0 ? "is empty" : unreadable(media.name()));
        }
        if (media.kind() != Kind.FILE && seen.get().kind() != media.kind()) {
            throw refused(
                    media,
                    "is not " + media.kind().words() + ": its bytes are "
                            + seen.get().name());
        }
        if (spool.size() > Selection.mostBytes(seen.get().kind())) {
            throw refused(
                    media,
                    "is larger than the " + (Selection.mostBytes(seen.get().kind()) >> 20) + " MB that are allowed");
        }
        spool.is(seen.get());
        return media.with(seen.get().kind(), name(media, seen.get()), spool);
    }

    private static String unreadable(String name) {
        String called = name.isBlank() ? "" : ", or not what its name says ('" + shortened(name) + "')";
        return "is of a type that the service cannot read" + called;
    }

    private static String shortened(String name) {
        return name.length() <= 80 ? name : name.substring(0, 80) + "…";
    }

    /** The service wants a name with an extension. */
    private static String name(Media media, ContentType type) {
        String plain = media.name().replaceAll("[\\p{Cntrl}/\\\\]", "_");
        String base = plain.isBlank() ? media.kind().name().toLowerCase(java.util.Locale.ROOT) : plain;
        return base.matches(".*\\.[A-Za-z0-9]{1,8}") ? base : base + "." + type.extension();
    }

    private static RuntimeException refused(Media media, String why) {
        return Problem.invalid(media.path(), "'" + media.path() + "' " + why + ".")
                .toException();
    }

    /** A conversation with its bytes. */
    private record Haul(Conversation conversation, List<Spool> spools) implements Gathered {

        @Override
        public void close() {
            spools.forEach(Spool::close);
        }
    }
}
