package dev.qwen2api.media;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.AttachmentResolver;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.PictureFetcher;
import dev.qwen2api.chat.ServiceMedia;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.chat.VideoFetcher;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
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
public final class SpoolingAttachmentResolver
        implements AttachmentResolver, UploadSpooler, PictureFetcher, VideoFetcher {

    private final SpoolDirectory folder;
    private final Downloader downloader;
    private final RemoteFetcher remoteFetcher;
    private final ServiceMedia serviceMedia;

    /**
     * @param threads wait for what is fetched
     * @param privateToo whether addresses of clients may lead to private hosts, now; for tests
     * @param serviceMedia where finished pictures and videos come from
     */
    public SpoolingAttachmentResolver(
            SpoolDirectory folder, Executor threads, BooleanSupplier privateToo, ServiceMedia serviceMedia) {
        this.folder = folder;
        this.downloader = new Downloader(folder, threads);
        this.remoteFetcher = new RemoteFetcher(downloader, privateToo);
        this.serviceMedia = serviceMedia;
    }

    @Override
    public Resolved gather(Conversation conversation, BooleanSupplier gone) throws InterruptedException {
        boolean plain = conversation.turns().stream()
                .allMatch(message -> message.parts().stream().allMatch(Message.Text.class::isInstance));
        if (plain) {
            return new Haul(conversation, List.of());
        }
        var attachmentSelection = AttachmentSelection.of(conversation.turns());
        var spools = new ArrayList<SpooledFile>();
        boolean done = false;
        try {
            var turns = new ArrayList<Message>();
            for (Message message : conversation.turns()) {
                turns.add(gathered(message, attachmentSelection, spools, gone));
            }
            done = true;
            return new Haul(conversation.withTurns(turns), List.copyOf(spools));
        } finally {
            if (!done) {
                spools.forEach(SpooledFile::close);
            }
        }
    }

    @Override
    public Parcel begin() {
        return new SpooledFile(folder);
    }

    @Override
    public String base64(String url, BooleanSupplier gone) throws InterruptedException {
        try (SpooledFile spooledFile = original(url, MediaType.IMAGE, gone);
                InputStream bytes = spooledFile.open()) {
            return Base64.getEncoder().encodeToString(bytes.readAllBytes());
        } catch (NotFetchedException | IOException why) {
            throw Problem.of(
                            ProblemKind.UPSTREAM_ERROR,
                            "The picture was made but could not be fetched (" + why.getMessage()
                                    + "). Ask with 'response_format': 'url'.")
                    .toException();
        }
    }

    @Override
    public Attachment fetch(String url, BooleanSupplier gone) throws InterruptedException {
        try {
            return original(url, MediaType.VIDEO, gone);
        } catch (NotFetchedException why) {
            throw Problem.of(ProblemKind.UPSTREAM_ERROR, "The video was made but " + why.getMessage() + ".")
                    .toException();
        }
    }

    private SpooledFile original(String url, MediaType mediaType, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        return downloader.take(
                new ServiceMediaSource(serviceMedia.open(url)), AttachmentSelection.mostBytes(mediaType), gone);
    }

    private Message gathered(
            Message message, AttachmentSelection attachmentSelection, List<SpooledFile> spools, BooleanSupplier gone)
            throws InterruptedException {
        var parts = new ArrayList<Message.Part>();
        for (Message.Part part : message.parts()) {
            if (!(part instanceof Media media)) {
                parts.add(part);
            } else if (attachmentSelection.leavesOut(media)) {
                parts.add(new Message.Text("[" + media.kind().words() + " from earlier is left out here]"));
            } else if (media.source() instanceof Media.Attached here) {
                parts.add(judged(media, begun(here.attachment())));
            } else {
                SpooledFile spooledFile = spool(media, gone);
                spools.add(spooledFile);
                parts.add(judged(media, spooledFile));
            }
        }
        return new Message(message.role(), parts, message.calls(), message.callId());
    }

    /** What came through {@link #begin}, whose maker throws it away. */
    private static SpooledFile begun(Attachment attachment) {
        if (attachment instanceof SpooledFile spooledFile) {
            return spooledFile;
        }
        throw new IllegalArgumentException("an attachment of somebody else's");
    }

    private SpooledFile spool(Media media, BooleanSupplier gone) throws InterruptedException {
        long most = AttachmentSelection.mostBytes(media.kind());
        if (media.source() instanceof Media.Written written) {
            return written(media, written.text(), most);
        }
        try {
            return remoteFetcher.fetch(((Media.Remote) media.source()).url(), most, gone);
        } catch (NotFetchedException why) {
            throw refused(media, String.valueOf(why.getMessage()));
        }
    }

    private SpooledFile written(Media media, String text, long most) {
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
        var spooledFile = new SpooledFile(folder);
        boolean sound = false;
        try {
            var sink = new Base64Sink(spooledFile);
            for (int i = start; i < text.length(); i++) {
                sink.put(text.charAt(i));
            }
            sound = sink.finish();
        } finally {
            if (!sound) {
                spooledFile.close();
            }
        }
        if (!sound) {
            throw refused(media, "is neither an http(s) address nor valid base64");
        }
        return spooledFile;
    }

    /** A file may be anything that can be read; what is said to be a picture must be one. */
    private static Media judged(Media media, SpooledFile spooledFile) {
        Optional<ContentType> seen = ContentType.of(spooledFile.head(), media.name());
        if (seen.isEmpty()) {
            throw refused(media, spooledFile.size() == 0 ? "is empty" : unreadable(media.name()));
        }
        if (media.kind() != MediaType.FILE && seen.get().kind() != media.kind()) {
            throw refused(
                    media,
                    "is not " + media.kind().words() + ": its bytes are "
                            + seen.get().name());
        }
        if (spooledFile.size() > AttachmentSelection.mostBytes(seen.get().kind())) {
            throw refused(
                    media,
                    "is larger than the "
                            + (AttachmentSelection.mostBytes(seen.get().kind()) >> 20) + " MB that are allowed");
        }
        spooledFile.is(seen.get());
        return media.with(seen.get().kind(), name(media, seen.get()), spooledFile);
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
    private record Haul(Conversation conversation, List<SpooledFile> spools) implements Resolved {

        @Override
        public void close() {
            spools.forEach(SpooledFile::close);
        }
    }
}
