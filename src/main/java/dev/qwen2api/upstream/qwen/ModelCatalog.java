package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.Model;
import dev.qwen2api.chat.ModelCatalogue;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstream's models, kept in memory. A list that has grown old is renewed in the background while it still serves; only the
 * very first one is waited for. Thread-safe.
 */
public final class ModelCatalog implements ModelCatalogue {

    private static final Logger LOG = LoggerFactory.getLogger(ModelCatalog.class);
    private static final List<String> PATHS = List.of("/api/models", "/api/v2/models/");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final QwenClient client;
    private final Clock clock;
    private final Executor executor;
    private final Consumer<String> keep;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private volatile Duration timeToLive;
    private volatile List<Model> models = List.of();
    private volatile Instant freshUntil = Instant.MIN;
    private volatile Instant nextTry = Instant.MIN;

    /**
     * A catalogue that knows nothing yet.
     *
     * @param keep is given the text of each list that was fetched, so that it outlives the process
     */
    public ModelCatalog(QwenClient client, Duration timeToLive, Clock clock, Executor executor, Consumer<String> keep) {
        this.client = client;
        this.timeToLive = timeToLive;
        this.clock = clock;
        this.executor = executor;
        this.keep = keep;
    }

    public void apply(Duration newTimeToLive) {
        timeToLive = newTimeToLive;
    }

    /** Serves a list of an earlier run until a newer one can be had. */
    public void remember(String text) {
        models = CatalogueReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<Model> models() {
        if (clock.instant().isBefore(freshUntil)) {
            return models;
        }
        if (models.isEmpty()) {
            return refresh();
        }
        if (mayTry() && renewing.compareAndSet(false, true)) {
            executor.execute(() -> {
                try {
                    refresh();
                } finally {
                    renewing.set(false);
                }
            });
        }
        return models;
    }

    @Override
    public List<Model> refresh() {
        oneAtATime.lock();
        try {
            if (mayTry()) {
                nextTry = clock.instant().plus(BETWEEN_TRIES);
                fetch();
            }
            return models;
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean mayTry() {
        return !clock.instant().isBefore(nextTry);
    }

    private void fetch() {
        for (String path : PATHS) {
            byte[] text = text(path);
            List<Model> found = CatalogueReader.read(text);
            if (!found.isEmpty()) {
                models = found;
                freshUntil = clock.instant().plus(timeToLive);
                keep.accept(new String(text, StandardCharsets.UTF_8));
                return;
            }
        }
        LOG.warn("[MODEL] the list of models could not be fetched; {} known ones serve", models.size());
    }

    private byte[] text(String path) {
        try {
            HttpResponse<byte[]> reply = client.read(path, TIMEOUT, MOST_BYTES).join();
            return reply.body();
        } catch (CompletionException broken) {
            LOG.debug("[MODEL] {}: {}", path, TransportErrors.of(broken).detail());
            return new byte[0];
        }
    }
}
