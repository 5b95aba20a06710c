package dev.qwen2api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.Eventually;
import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.Credential;
import dev.qwen2api.config.Settings;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.upstream.qwen.NativeTools;
import dev.qwen2api.upstream.qwen.QwenClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The former tool settings of an account, over a real database that does not answer in time. */
@Timeout(60)
class KeptToolSettingsTest {

    private static final String FORMER = "{\"web_search\":true}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FakeQwen fake = FakeQwen.start();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** A store whose disk is stuck until the first answer of the database came too late. */
    private static NativeTools.Store late(NativeTools.Store store, CountDownLatch free) {
        return new NativeTools.Store() {
            @Override
            public Optional<String> load(String user) throws NotReadException {
                try {
                    return store.load(user);
                } finally {
                    free.countDown();
                }
            }

            @Override
            public boolean save(String user, String former) {
                return store.save(user, former);
            }

            @Override
            public void remove(String user) {
                store.remove(user);
            }
        };
    }

    private QwenClient client() {
        URI base = URI.create(fake.baseUrl());
        return new QwenClient(
                new Settings.Upstream(
                        base,
                        base,
                        Optional.empty(),
                        new Settings.Headers("Mozilla/5.0", "0.3.12", Map.of()),
                        92_160,
                        false,
                        Settings.NativeTools.OFF),
                Clock.systemUTC(),
                (account, cookies) -> {});
    }

    private void occupy(Database database, CountDownLatch free) throws InterruptedException {
        var begun = new CountDownLatch(1);
        database.writeLater("slow", connection -> {
            begun.countDown();
            try {
                free.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void settings_that_could_not_be_read_in_time_are_neither_overwritten_nor_forgotten(boolean off) throws Exception {
        String user = fake.accounts().newUser();
        Credential credential = Credential.parse(fake.accounts().cookie(user)).orElseThrow();
        var account = new Account(new AccountId(1), Account.Source.ENV, credential);
        var free = new CountDownLatch(1);
        try (var database =
                new Database(folder.resolve("q.db"), Clock.systemUTC(), System::nanoTime, Duration.ofMillis(300))) {
            NativeTools.Store store = new SqlKeyValues(database).toolSettings();
            store.save(user, FORMER);
            occupy(database, free);
            try (var tools =
                    new NativeTools(client(), () -> List.of(account), late(store, free), Clock.systemUTC(), threads)) {
                tools.apply(off);
                Eventually.holds("an update", () -> updates() == 1);
            }
            if (off) {
                assertEquals(Optional.of(FORMER), store.load(user));
            } else {
                assertEquals(
                        "{\"tools_enabled\":" + FORMER + "}",
                        fake.recorder()
                                .requests(Endpoint.SETTINGS_UPDATE)
                                .get(0)
                                .json()
                                .toString());
            }
        } finally {
            threads.shutdownNow();
            fake.close();
        }
    }

    private int updates() {
        return fake.recorder().requests(Endpoint.SETTINGS_UPDATE).size();
    }
}
