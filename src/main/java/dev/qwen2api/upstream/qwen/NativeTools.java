package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Switches the service's own tools off in the settings of each account, once, and restores the former settings when
 * they are wanted again or the account leaves (13 row 24, 2026-07 to 2026-09). Keeps the former settings in a store
 * before it changes any. Thread-safe; works on a thread of its own.
 */
public final class NativeTools implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NativeTools.class);
    private static final String SETTINGS = "/api/v2/users/user/settings";
    private static final String TOOLS = "tools_enabled";
    private static final Duration CALL = Duration.ofSeconds(30);
    private static final int LARGEST = 1 << 20;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(10);
    private static final int MOST_FAREWELLS = 3;

    private final QwenClient client;
    private final Supplier<List<Account>> accounts;
    private final Store store;
    private final Clock clock;
    private final Executor executor;
    private final Map<String, Owner> owners = new HashMap<>();
    private volatile boolean off;
    private volatile boolean closed;
    private boolean looking;
    /** Whether the former settings of an account could not be read at the last look. */
    private boolean unread;

    /** Keeps the former settings by user over restarts. */
    public interface Store {

        /**
         * Returns the former settings of a user; empty if there are none.
         *
         * @throws NotReadException when it is not known at present whether there are any
         */
        Optional<String> load(String user) throws NotReadException;

        /**
         * Returns when it is on disk.
         *
         * @return false where it cannot be kept: then nothing is changed
         */
        boolean save(String user, String former);

        void remove(String user);
    }

    /** What is known of one user's settings. */
    private static final class Owner {
        private Account account;
        private Optional<String> former;
        private boolean done;
        private int farewells;
        private Instant nextTry = Instant.MIN;

        Owner(Account account, Optional<String> former) {
            this.account = account;
            this.former = former;
        }
    }

    public NativeTools(
            QwenClient client, Supplier<List<Account>> accounts, Store store, Clock clock, Executor executor) {
        this.client = client;
        this.accounts = accounts;
        this.store = store;
        this.clock = clock;
        this.executor = executor;
    }

    /** Whether the tools are to be off from now on. */
    public void apply(boolean wantedOff) {
        off = wantedOff;
        begin();
    }

    /** Looks at the accounts, of which there may be more now. */
    public synchronized void begin() {
        if (!looking && !closed) {
            looking = true;
            executor.execute(this::lookAgain);
        }
    }

    private void lookAgain() {
        try {
            look();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException bug) {
            LOG.error("[TOOLS] the settings of accounts could not be compared", bug);
        }
        synchronized (this) {
            looking = !closed && (off || unread || !owners.isEmpty());
            if (looking) {
                CompletableFuture.delayedExecutor(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS, executor)
                        .execute(this::lookAgain);
            }
        }
    }

    /** Compares the accounts there are with what was done to each, and does what is missing. One thread at a time. */
    private void look() throws InterruptedException {
        var present = new HashMap<String, Account>();
        accounts.get().forEach(account -> account.credential().userId().ifPresent(user -> present.put(user, account)));
        unread = false;
        present.forEach(this::meet);
        for (Map.Entry<String, Owner> each : List.copyOf(owners.entrySet())) {
            if (settle(each.getKey(), each.getValue(), present.containsKey(each.getKey()))) {
                owners.remove(each.getKey());
            }
        }
    }

    /**
     * Nothing is done for a user whose former settings cannot be read: those that the gateway made would pass for the
     * user's own. While one cannot be read, the others wait too: each read may take seconds.
     */
    private void meet(String user, Account account) {
        try {
            Owner owner = owners.get(user);
            if (owner == null && unread) {
                return;
            }
            if (owner == null) {
                owner = new Owner(account, store.load(user));
                owners.put(user, owner);
            }
            owner.account = account;
            owner.farewells = 0;
        } catch (NotReadException later) {
            unread = true;
        }
    }

    /** Returns whether nothing is left to be done for that user. */
    private boolean settle(String user, Owner owner, boolean stays) throws InterruptedException {
        boolean wanted = off && stays;
        boolean due = !clock.instant().isBefore(owner.nextTry);
        if (wanted && !owner.done && due) {
            owner.done = switchOff(user, owner);
            owner.nextTry = clock.instant().plus(AFTER_FAILURE);
        } else if (!wanted && owner.former.isPresent() && (due || !stays || owner.done)) {
            owner.done = false;
            restore(user, owner, stays);
        }
        return !wanted && owner.former.isEmpty();
    }

    private boolean switchOff(String user, Owner owner) throws InterruptedException {
        JsonNode tools = call(client.read(owner.account, SETTINGS, CALL, LARGEST))
                .map(reply -> reply.has("data") ? reply.path("data") : reply)
                .map(settings -> settings.path(TOOLS))
                .orElse(MissingNode.getInstance());
        if (!tools.isObject() || tools.isEmpty()) {
            LOG.warn("[TOOLS] {}: its settings could not be read, its tools stay on", owner.account.id());
            return false;
        }
        if (owner.former.isEmpty()) {
            if (!store.save(user, tools.toString())) {
                return false;
            }
            owner.former = Optional.of(tools.toString());
        }
        ObjectNode none = JsonNodeFactory.instance.objectNode();
        tools.fieldNames().forEachRemaining(name -> none.put(name, false));
        if (!tools.equals(none) && !update(owner.account, none)) {
            LOG.warn("[TOOLS] {}: its tools could not be switched off", owner.account.id());
            return false;
        }
        LOG.info("[TOOLS] {}: the service's own tools are off", owner.account.id());
        return true;
    }

    private void restore(String user, Owner owner, boolean stays) throws InterruptedException {
        JsonNode former = BoundedJson.read(owner.former.orElse("{}").getBytes(StandardCharsets.UTF_8));
        if (update(owner.account, former)) {
            LOG.info("[TOOLS] {}: the service's own tools are as before", owner.account.id());
            store.remove(user);
            owner.former = Optional.empty();
            return;
        }
        owner.nextTry = clock.instant().plus(AFTER_FAILURE);
        owner.farewells++;
        if (!stays && owner.farewells >= MOST_FAREWELLS) {
            LOG.warn(
                    "[TOOLS] {} has left and its tools stay off: switch them on in the settings of"
                            + " https://chat.qwen.ai",
                    owner.account.id());
            owner.former = Optional.empty();
        }
    }

    private boolean update(Account account, JsonNode tools) throws InterruptedException {
        JsonNode body = JsonNodeFactory.instance.objectNode().set(TOOLS, tools);
        return call(client.postAsPage(
                        account, SETTINGS + "/update", body.toString().getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    /** The JSON of a reply that reports success. */
    private static Optional<JsonNode> call(CompletableFuture<HttpResponse<byte[]>> asked) throws InterruptedException {
        try {
            var reply = asked.get(CALL.toSeconds(), TimeUnit.SECONDS);
            JsonNode json = BoundedJson.read(reply.body());
            boolean works = reply.statusCode() == 200
                    && json.isObject()
                    && json.path("success").asBoolean(true)
                    && !json.path("data").path("code").isTextual();
            return works ? Optional.of(json) : Optional.empty();
        } catch (ExecutionException | TimeoutException passing) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
