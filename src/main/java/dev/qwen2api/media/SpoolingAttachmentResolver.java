package dev.qwen2api.media;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.AttachmentResolver;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.GeneratedMedia;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.ServiceMedia;
import dev.qwen2api.chat.ServiceMedia.Original;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.media.Downloader.ByteSource;
import dev.qwen2api.media.Downloader.ByteSource.NotFetchedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Decodes or downloads the attachments of a conversation into spooled files and checks their types by their bytes.
 * Thread-safe.
 */
public final class SpoolingAttachmentResolver
        implements AttachmentResolver, UploadSpooler, GeneratedMedia, AutoCloseable {

    private final SpoolDirectory directory;
    private final Downloader downloader;
    private final RemoteFetcher remoteFetcher;
    private final ServiceMedia serviceMedia;

    /**
     * @param threads run the downloads
     * @param allowPrivate whether URLs of clients may lead to private addresses; for tests
     * @param serviceMedia opens generated pictures and videos
     */
    public SpoolingAttachmentResolver(
            SpoolDirectory directory,
            Executor threads,
            BooleanSupplier allowPrivate,
            ServiceMedia serviceMedia,
            LongSupplier nanoTime) {
        this.directory = directory;
        this.downloader = new Downloader(directory, threads, nanoTime);
        this.remoteFetcher = new RemoteFetcher(downloader, allowPrivate);
        this.serviceMedia = serviceMedia;
    }

    @Override
    public void close() {
        remoteFetcher.close();
    }

    @Override
    public Resolved gather(Conversation conversation, BooleanSupplier gone) throws InterruptedException {
        boolean plain = conversation.turns().stream()
                .allMatch(message -> message.parts().stream().allMatch(Message.Text.class::isInstance));
        if (plain) {
            return new ResolvedFiles(conversation, List.of(), List.of());
        }
        Set<Media> chosen = AttachmentSelection.of(conversation.turns());
        var files = new ArrayList<SpooledFile>();
        boolean done = false;
        try {
            var turns = new ArrayList<Message>();
            for (Message message : conversation.turns()) {
                turns.add(resolve(message, chosen, files, gone));
            }
            done = true;
            return new ResolvedFiles(conversation.withTurns(turns), List.copyOf(files), omitted(conversation, chosen));
        } finally {
            if (!done) {
                files.forEach(SpooledFile::close);
            }
        }
    }

    private static List<String> omitted(Conversation conversation, Set<Media> chosen) {
        long all = conversation.turns().stream()
                .mapToLong(message -> Media.in(message).size())
                .sum();
        long left = all - chosen.size();
        return left == 0 ? List.of() : List.of(left + (left == 1 ? " attachment" : " attachments"));
    }

    @Override
    public Parcel begin() {
        return new SpooledFile(directory);
    }

    @Override
    public String base64(String url, BooleanSupplier gone) throws InterruptedException {
        try (SpooledFile file = download(url, MediaType.IMAGE, gone);
                InputStream bytes = file.open()) {
            return Base64.getEncoder().encodeToString(bytes.readAllBytes());
        } catch (IOException why) {
            throw Problem.of(
                            ProblemKind.UPSTREAM_ERROR,
                            "The picture was made but could not be fetched (" + why.getMessage()
                                    + "). Use 'response_format': 'url'.")
                    .toException();
        }
    }

    @Override
    public Attachment fetch(String url, BooleanSupplier gone) throws InterruptedException {
        try {
            return download(url, MediaType.VIDEO, gone);
        } catch (NotFetchedException why) {
            throw Problem.of(ProblemKind.UPSTREAM_ERROR, "The video was made but " + why.getMessage() + ".")
                    .toException();
        }
    }

    private SpooledFile download(String url, MediaType mediaType, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        return downloader.download(
                new ServiceMediaSource(serviceMedia.open(url)), AttachmentSelection.maxBytes(mediaType), gone);
    }

    private Message resolve(Message message, Set<Media> chosen, List<SpooledFile> files, BooleanSupplier gone)
            throws InterruptedException {
        var parts = new ArrayList<Message.Part>();
        for (Message.Part part : message.parts()) {
            if (!(part instanceof Media media)) {
                parts.add(part);
            } else if (!chosen.contains(media)) {
                parts.add(new Message.Text("[" + media.kind().words() + " from earlier is left out here]"));
            } else if (media.source() instanceof Media.Attached here) {
                parts.add(check(media, spooled(here.attachment())));
            } else {
                SpooledFile file = spool(media, gone);
                files.add(file);
                parts.add(check(media, file));
            }
        }
        return message.withParts(parts);
    }

    /** The content of an upload that {@link #begin} created and its caller closes. */
    private static SpooledFile spooled(Attachment attachment) {
        if (attachment instanceof SpooledFile file) {
            return file;
        }
        throw new IllegalArgumentException("not an attachment of this resolver");
    }

    private SpooledFile spool(Media media, BooleanSupplier gone) throws InterruptedException {
        long maxBytes = AttachmentSelection.maxBytes(media.kind());
        if (media.source() instanceof Media.Written written) {
            return decode(media, written.text(), maxBytes);
        }
        try {
            return remoteFetcher.fetch(((Media.Remote) media.source()).url(), maxBytes, gone);
        } catch (NotFetchedException why) {
            throw refused(media, String.valueOf(why.getMessage()));
        }
    }

    private SpooledFile decode(Media media, String text, long maxBytes) {
        int start = 0;
        if (text.regionMatches(true, 0, "data:", 0, 5)) {
            start = text.indexOf(',') + 1;
            if (start == 0 || !text.regionMatches(true, start - 8, ";base64,", 0, 8)) {
                throw refused(media, "is neither an http(s) address nor a base64 data URI");
            }
        }
        if ((text.length() - start) / 4L * 3 > maxBytes) {
            throw refused(media, AttachmentSelection.tooLarge(maxBytes));
        }
        var file = new SpooledFile(directory);
        boolean valid = false;
        try {
            var sink = new Base64Sink(file);
            for (int i = start; i < text.length(); i++) {
                sink.put(text.charAt(i));
            }
            valid = sink.finish();
        } finally {
            if (!valid) {
                file.close();
            }
        }
        if (!valid) {
            throw refused(media, "is neither an http(s) address nor valid base64");
        }
        return file;
    }

    /** Checks that the bytes have the declared type; a document may have any type the service reads. */
    private static Media check(Media media, SpooledFile file) {
        Optional<ContentType> seen = ContentType.of(file.head(), media.name());
        if (seen.isEmpty()) {
            throw refused(media, file.size() == 0 ? "is empty" : unreadable(media.name()));
        }
        ContentType type = seen.get();
        if (media.kind() != MediaType.FILE && type.kind() != media.kind()) {
            throw refused(media, "is not " + media.kind().words() + ": its bytes are " + type.name());
        }
        long maxBytes = AttachmentSelection.maxBytes(type.kind());
        if (file.size() > maxBytes) {
            throw refused(media, AttachmentSelection.tooLarge(maxBytes));
        }
        file.setContentType(type);
        return media.with(type.kind(), name(media, type), file);
    }

    private static String unreadable(String name) {
        String called = name.isBlank() ? "" : ", or not what its name says ('" + shortened(name) + "')";
        return "is of a type that the service cannot read" + called;
    }

    private static String shortened(String name) {
        return name.length() <= 80 ? name : name.substring(0, 80) + "…";
    }

    /** The service requires a name with an extension. */
    private static String name(Media media, ContentType type) {
        String plain = media.name().replaceAll("[\\p{Cntrl}/\\\\]", "_");
        String base = plain.isBlank() ? media.kind().name().toLowerCase(Locale.ROOT) : plain;
        return base.matches(".*\\.[A-Za-z0-9]{1,8}") ? base : base + "." + type.extension();
    }

    private static RuntimeException refused(Media media, String why) {
        return Problem.invalid(media.path(), "'" + media.path() + "' " + why + ".")
                .toException();
    }

    private record ResolvedFiles(Conversation conversation, List<SpooledFile> files, List<String> omitted)
            implements Resolved {

        @Override
        public void close() {
            files.forEach(SpooledFile::close);
        }
    }

    /** A picture or video that the service generated. */
    private static final class ServiceMediaSource implements ByteSource {

        private final CompletableFuture<Original> reply;

        ServiceMediaSource(CompletableFuture<Original> reply) {
            this.reply = reply;
        }

        @Override
        public InputStream open(long maxBytes) throws IOException {
            Original original = await();
            if (original.status() != 200) {
                throw new NotFetchedException("cannot be fetched: its server says " + original.status());
            }
            return original.bytes();
        }

        private Original await() throws IOException {
            try {
                return reply.get();
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof IllegalArgumentException) {
                    throw new NotFetchedException("cannot be fetched: it is on no host that is known as the service's");
                }
                throw new IOException(failed);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException(stopped);
            }
        }

        @Override
        public void close() {
            if (!reply.cancel(true) && !reply.isCompletedExceptionally()) {
                try {
                    reply.join().bytes().close();
                } catch (IOException ignored) {
                    // the stream is closed either way
                }
            }
        }
    }
}
