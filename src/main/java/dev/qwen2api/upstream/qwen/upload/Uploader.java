package dev.qwen2api.upstream.qwen.upload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.Media;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Puts files where the upstream can read them, in the three steps of the web app: a ticket, the bytes into the object
 * storage, and for documents their parsing, without which the model does not see them. Thread-safe; blocks in threads
 * of the executor.
 */
public final class Uploader {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final Duration PARSING = Duration.ofSeconds(60);
    /** Beside a second for every 50 KB: slower lines than that are taken for dead. */
    private static final Duration PUT = Duration.ofSeconds(30);

    /**
     * How long a document can be used. A {@code file_id} expires in silence; RF uses one for at most 1,800 s (13 row
     * 23, 2026-09).
     */
    public static final Duration DOCUMENT_LIFE = Duration.ofMinutes(25);

    private static final long SLOWEST = 50 * 1024;

    private final Transport client;
    private final UploadCache cache;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Executor executor;
    /** Uploads that are under way, so that a file goes up once for several requests. */
    private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    /**
     * @param nanoTime monotonic nanoseconds, such as {@link System#nanoTime}
     */
    public Uploader(Transport client, UploadCache cache, Clock clock, LongSupplier nanoTime, Executor executor) {
        this.nanoTime = nanoTime;
        this.client = client;
        this.cache = cache;
        this.clock = clock;
        this.executor = executor;
    }

    /** Sends the requests that an upload consists of. Thread-safe. */
    public interface Transport {

        /** Posts JSON as the signed-in page does. */
        CompletableFuture<HttpResponse<byte[]>> postAsPage(Account account, String path, byte[] body);

        /** Whether the address belongs to the web API's own host, which the owner may have put in its place. */
        boolean isOwnHost(URI address);

        /** Sends a request that is no browser's; its reply has to be whole before {@code whole} is over. */
        CompletableFuture<HttpResponse<byte[]>> callPlain(Duration whole, Function<URI, HttpRequest.Builder> writing);
    }

    /** Something that waits for the upstream. */
    public interface Work<T> {
        T run() throws UpstreamException, InterruptedException;
    }

    /**
     * Uploads all, one after the other; the elements of {@code files[]} in their order. Fails with an
     * {@link UpstreamException}.
     */
    public CompletableFuture<List<String>> upload(Account account, List<Media> media, UploadWatch watch) {
        return run(() -> {
            var files = new ArrayList<String>();
            for (Media each : media) {
                watch.check();
                files.add(upload(account, each, watch));
                watch.alive().run();
            }
            return List.copyOf(files);
        });
    }

    /** The elements of {@code files[]} where all are up already; empty where one is not. */
    public Optional<List<String>> known(Account account, List<Media> media) {
        var files = new ArrayList<String>();
        for (Media each : media) {
            cache.find(account, ((Media.Attached) each.source()).attachment().sha256(), each.name())
                    .ifPresent(files::add);
        }
        return files.size() == media.size() ? Optional.of(List.copyOf(files)) : Optional.empty();
    }

    /** Does work in the background. */
    public <T> CompletableFuture<T> run(Work<T> work) {
        var done = new CompletableFuture<T>();
        executor.execute(() -> {
            try {
                done.complete(work.run());
            } catch (UpstreamException | RuntimeException failed) {
                done.completeExceptionally(failed);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                done.completeExceptionally(stopped);
            }
        });
        return done;
    }

    private String upload(Account account, Media media, UploadWatch watch)
            throws UpstreamException, InterruptedException {
        Attachment bytes = ((Media.Attached) media.source()).attachment();
        String key = account.id() + "/" + bytes.sha256() + "/" + media.name();
        while (true) {
            var known = cache.find(account, bytes.sha256(), media.name());
            if (known.isPresent()) {
                return known.get();
            }
            var mine = new CompletableFuture<Void>();
            CompletableFuture<Void> other = running.putIfAbsent(key, mine);
            if (other == null) {
                try {
                    return upload(account, media, bytes, watch);
                } finally {
                    running.remove(key);
                    mine.complete(null);
                }
            }
            watch.awaitOther(other);
        }
    }

    private String upload(Account account, Media media, Attachment bytes, UploadWatch watch)
            throws UpstreamException, InterruptedException {
        UploadTicket ticket = ticket(account, media, bytes, watch);
        put(ticket, bytes, watch);
        if (media.kind() == Media.MediaType.FILE) {
            parse(account, ticket.fileId(), watch);
        }
        Instant now = clock.instant();
        String file = FileElement.of(media, bytes, ticket, now);
        // A document is read when it is parsed, and lives as long as its id; anything else is read from its link.
        Instant until = media.kind() == Media.MediaType.FILE ? now.plus(DOCUMENT_LIFE) : ticket.until(now);
        cache.put(account, bytes.sha256(), media.name(), file, until);
        return file;
    }

    private UploadTicket ticket(Account account, Media media, Attachment bytes, UploadWatch watch)
            throws UpstreamException, InterruptedException {
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.put("filename", media.name())
                .put("filesize", bytes.size())
                .put("filetype", FileElement.type(media.kind()));
        HttpResponse<byte[]> reply = watch.await(post(account, "/api/v2/files/getstsToken", file));
        JsonNode tree = BoundedJson.read(reply.body());
        UploadTicket ticket = UploadTicket.read(tree)
                .orElseThrow(
                        () -> tree.path("success").asBoolean() ? malformed() : refusal(Operation.UPLOAD_TICKET, reply));
        target(ticket);
        return ticket;
    }

    /** Where the file is put: the service's object storage, or what the owner put in the place of the service. */
    private URI target(UploadTicket ticket) throws UpstreamException {
        return ticket.target()
                .filter(target -> UploadTicket.isStorage(target) || client.isOwnHost(target))
                .orElseThrow(Uploader::malformed);
    }

    /** The service's fault, for which no account pays. */
    private static UpstreamException malformed() {
        return failed(FailureKind.UNREACHABLE, "the service's ticket for an upload names no storage of its own");
    }

    private CompletableFuture<HttpResponse<byte[]>> post(Account account, String path, ObjectNode body) {
        return client.postAsPage(account, path, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void put(UploadTicket ticket, Attachment bytes, UploadWatch watch)
            throws UpstreamException, InterruptedException {
        var headers = new TreeMap<String, String>(Map.of(
                "content-type", bytes.contentType(),
                "x-oss-content-sha256", "UNSIGNED-PAYLOAD",
                "x-oss-date", OssSigner.time(clock.instant()),
                "x-oss-security-token", ticket.token(),
                "x-oss-user-agent", "aliyun-sdk-js/6.23.0"));
        URI target = target(ticket);
        String resource = "/" + ticket.bucket() + target.getRawPath();
        String authorization = OssSigner.authorization(ticket.key(), "PUT", resource, "", headers);
        Duration timeout = PUT.plusSeconds(bytes.size() / SLOWEST);
        HttpResponse<byte[]> reply;
        try (var body = new UploadBody(bytes, watch)) {
            reply = watch.await(client.callPlain(timeout, base -> {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(target).PUT(body.publisher()).header("Authorization", authorization);
                headers.forEach(request::header);
                return request;
            }));
        }
        if (reply.statusCode() / 100 != 2) {
            throw failed(
                    FailureKind.BROKEN, "the service's storage refused an upload with status " + reply.statusCode());
        }
    }

    private void parse(Account account, String fileId, UploadWatch watch)
            throws UpstreamException, InterruptedException {
        ObjectNode one = JsonNodeFactory.instance.objectNode().put("file_id", fileId);
        HttpResponse<byte[]> begun = watch.await(post(account, "/api/v2/files/parse", one));
        JsonNode reply = BoundedJson.read(begun.body());
        if (!reply.path("success").asBoolean()
                || !reply.path("data").path("code").asText().isEmpty()) {
            throw refusal(Operation.PARSE, begun);
        }
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        list.putArray("file_id_list").add(fileId);
        long end = nanoTime.getAsLong() + PARSING.toNanos();
        while (nanoTime.getAsLong() - end < 0) {
            watch.check();
            TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
            HttpResponse<byte[]> look = watch.await(post(account, "/api/v2/files/parse/status", list));
            switch (BoundedJson.read(look.body()).at("/data/0/status").asText()) {
                case "success" -> {
                    return;
                }
                case "failed" -> throw failed(FailureKind.BAD_INPUT, "the service could not read an attached document");
                case "pending" -> watch.alive().run();
                default -> throw refusal(Operation.PARSE, look);
            }
        }
        throw failed(FailureKind.SILENT, "an attached document was not read within " + PARSING.toSeconds() + " s");
    }

    private static UpstreamException failed(FailureKind kind, String detail) {
        return new UpstreamException(Failure.of(kind, detail).in(RequestKind.UPLOAD));
    }

    private UpstreamException refusal(Operation operation, HttpResponse<byte[]> reply) {
        return new UpstreamException(FailureClassifier.classify(operation, reply, clock.instant()));
    }
}
