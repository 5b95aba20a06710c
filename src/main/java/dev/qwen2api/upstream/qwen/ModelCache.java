package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.chat.Model;
import dev.qwen2api.chat.ModelDirectory.ModelCatalogue;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstream's models, kept in memory. A list that has grown old is renewed in the background while it still serves;
 * only the very first one is waited for. Thread-safe.
 */
public final class ModelCache implements ModelCatalogue {

    private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);
    private static final List<String> PATHS = List.of("/api/models", "/api/v2/models/");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    /** The end of the year 9999, in seconds since the epoch: beyond it no client can write a date. */
    private static final long LATEST_CREATION = 253_402_300_799L;

    private final QwenClient client;
    private final Clock clock;
    private final Executor executor;
    private final Consumer<String> keep;
    private final Supplier<List<Account>> accounts;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private volatile Duration timeToLive;
    private volatile List<Model> models = List.of();
    private volatile Instant fetched = Instant.MIN;
    private volatile Instant freshUntil = Instant.MIN;
    private volatile Instant lastTry = Instant.MIN;
    private volatile Set<AccountId> triedFor = Set.of();

    /**
     * A catalogue that knows nothing yet.
     *
     * @param accounts those there are: with a session the upstream shows more models (13 row 12, 2026-09)
     * @param keep is given the text of each list that was fetched, so that it outlives the process
     */
    public ModelCache(
            QwenClient client,
            Duration timeToLive,
            Supplier<List<Account>> accounts,
            Clock clock,
            Executor executor,
            Consumer<String> keep) {
        this.accounts = accounts;
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
        models = read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<Model> models() {
        if (!Cooldown.isOver(fetched, freshUntil, clock.instant()) && isForPresentAccounts()) {
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
                lastTry = clock.instant();
                triedFor = accounts.get().stream().map(Account::id).collect(Collectors.toSet());
                fetch();
            }
            return models;
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean mayTry() {
        return Cooldown.isOver(lastTry, lastTry.plus(BETWEEN_TRIES), clock.instant()) || !isForPresentAccounts();
    }

    /** Another account may see other models. */
    private boolean isForPresentAccounts() {
        Set<AccountId> known = triedFor;
        List<Account> present = accounts.get();
        for (Account account : present) {
            if (!known.contains(account.id())) {
                return false;
            }
        }
        return present.size() == known.size();
    }

    /** Reads with the session of an account, where one is alive, and without one else. */
    private void fetch() {
        Optional<Account> signedIn = accounts.get().stream()
                .filter(account -> !account.credential().token().isEmpty())
                .filter(account -> !account.credential().expiredAt(clock.instant()))
                .findFirst();
        boolean found = signedIn.isPresent() && fetch(path -> client.read(signedIn.get(), path, TIMEOUT, MOST_BYTES));
        if (!found && !fetch(path -> client.read(path, TIMEOUT, MOST_BYTES))) {
            LOG.warn("[MODEL] the list of models could not be fetched; {} known ones serve", models.size());
        }
    }

    private boolean fetch(Function<String, CompletableFuture<HttpResponse<byte[]>>> reading) {
        for (String path : PATHS) {
            byte[] text = text(path, reading);
            List<Model> found = read(text);
            if (!found.isEmpty()) {
                models = found;
                fetched = clock.instant();
                freshUntil = fetched.plus(timeToLive);
                keep.accept(new String(text, StandardCharsets.UTF_8));
                return true;
            }
        }
        return false;
    }

    private static byte[] text(String path, Function<String, CompletableFuture<HttpResponse<byte[]>>> reading) {
        try {
            return reading.apply(path).join().body();
        } catch (CompletionException broken) {
            LOG.debug("[MODEL] {}: {}", path, TransportErrors.of(broken).detail());
            return new byte[0];
        }
    }

    /**
     * Reads the upstream's list of models, as {@code data} or {@code data.data}: the active ones in its order; empty
     * when the text is no such list.
     */
    static List<Model> read(byte[] text) {
        JsonNode data = BoundedJson.read(text).path("data");
        JsonNode list = data.isObject() ? data.path("data") : data;
        var models = new ArrayList<Model>();
        for (JsonNode each : list) {
            if (!each.path("id").asText("").isBlank()
                    && each.path("info").path("is_active").asBoolean(true)) {
                models.add(model(each));
            }
        }
        return List.copyOf(models);
    }

    private static Model model(JsonNode item) {
        JsonNode info = item.path("info");
        JsonNode meta = info.path("meta");
        JsonNode can = meta.path("capabilities");
        return new Model(
                item.path("id").asText(),
                created(info.path("created_at")),
                can.path("thinking").asBoolean(false),
                meta.path("think_skip").path("enable").asBoolean(true),
                can.path("vision").asBoolean(false),
                types(meta.path("chat_type")),
                limits(meta));
    }

    /** The limit of the output has another name where the model thinks. */
    private static Model.TokenLimits limits(JsonNode meta) {
        OptionalInt output = count(meta.path("max_generation_length"));
        return new Model.TokenLimits(
                count(meta.path("max_context_length")),
                output.isPresent() ? output : count(meta.path("max_summary_generation_length")));
    }

    private static OptionalInt count(JsonNode number) {
        return number.isInt() && number.intValue() > 0 ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    }

    private static Instant created(JsonNode seconds) {
        return Instant.ofEpochSecond(Math.max(0, Math.min(seconds.asLong(0), LATEST_CREATION)));
    }

    private static Set<String> types(JsonNode list) {
        var types = new HashSet<String>();
        list.forEach(type -> types.add(type.asText("")));
        return types;
    }
}
