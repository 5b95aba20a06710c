package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.Credential;
import dev.qwen2api.account.MemoryAccounts;
import dev.qwen2api.account.MemoryHealth;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.AnswerStream.Progress;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.config.Settings;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.upstream.qwen.error.WireChanges;
import dev.qwen2api.upstream.qwen.upload.UploadCache;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stand-in for the service and everything of ours that speaks to it. */
final class Bench implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(20);

    final FakeQwen fake = FakeQwen.start();
    final String user = fake.accounts().newUser();
    final Account account = new Account(
            new AccountId(1),
            Account.Source.ENV,
            Credential.parse(fake.accounts().cookie(user)).orElseThrow());
    final List<Map<String, String>> cookies = new CopyOnWriteArrayList<>();
    final BackgroundThreads threads = new BackgroundThreads();
    final WireChanges changes = new WireChanges(Clock.systemUTC(), text -> {});
    final Ledger ledger = new Ledger();
    final MemoryUploads uploads = new MemoryUploads();
    final QwenClient client;
    final AccountRing ring;
    final AccountRegistry registry;
    final ChatJanitor janitor;
    final WebChannel channel;

    Bench() {
        this(true);
    }

    Bench(boolean deletes) {
        client = client(settings(fake.baseUrl(), Optional.empty()));
        ring = new AccountRing(
                Clock.systemUTC(),
                System::nanoTime,
                CooldownPolicy.of(3, Duration.ofMinutes(1)),
                new RingLimits(0, Duration.ZERO),
                new MemoryHealth());
        registry = new AccountRegistry(ring, new MemoryAccounts(), Clock.systemUTC());
        registry.start(List.of(account.credential().cookieHeader()), new MemoryHealth());
        janitor = new ChatJanitor(
                new ChatJanitor.Dependencies(
                        client,
                        ledger,
                        chat -> ring.find(chat.account(), chat.user()),
                        sessions(client),
                        threads,
                        System::nanoTime),
                deletes,
                List.of(Duration.ofMillis(50), Duration.ofMillis(50)));
        channel = channel(client);
    }

    Uploader uploader(QwenClient way) {
        return new Uploader(
                way, new UploadCache(uploads, Clock.systemUTC()), Clock.systemUTC(), System::nanoTime, threads);
    }

    SessionKeeper sessions(QwenClient way) {
        return new SessionKeeper(
                way, registry, asked -> ring.find(asked.id(), asked.credential().userId()), Clock.systemUTC(), threads);
    }

    WebChannel channel(QwenClient way) {
        SessionKeeper sessions = sessions(way);
        return new WebChannel(
                new Upstream(
                        way,
                        janitor,
                        uploader(way),
                        new VideoPoller(
                                way,
                                task -> ring.find(task.account(), task.user()),
                                sessions,
                                Clock.systemUTC(),
                                System::nanoTime),
                        sessions,
                        new ModelCache(
                                way, Duration.ofHours(1), ring, sessions, Clock.systemUTC(), threads, text -> {}),
                        changes,
                        Clock.systemUTC(),
                        threads),
                new WebChannel.Rules(92_160, Duration.ofMinutes(30)));
    }

    QwenClient client(Settings.Upstream settings) {
        return new QwenClient(settings, Clock.systemUTC(), (id, changes) -> cookies.add(changes));
    }

    /** One that gives up on what ought to be short after that long. */
    QwenClient impatient(Duration shortCall) {
        return new QwenClient(
                settings(fake.baseUrl(), Optional.empty()),
                Clock.systemUTC(),
                (id, changes) -> cookies.add(changes),
                shortCall);
    }

    static Settings.Upstream settings(String base, Optional<Settings.Proxy> proxy) {
        var headers = new Settings.Headers("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0", "0.2.87", Map.of());
        return new Settings.Upstream(
                URI.create(base), URI.create(base), proxy, headers, 92_160, true, Settings.NativeTools.KEEP);
    }

    AnswerStream open(ResolvedConversation resolvedConversation) throws UpstreamException {
        return channel.open(resolvedConversation, account);
    }

    /** Everything that is heard up to the end, or to the failure. */
    String story(ResolvedConversation resolvedConversation) throws InterruptedException {
        var heard = new Heard();
        try (AnswerStream stream = open(resolvedConversation)) {
            read(stream, heard);
        } catch (UpstreamException broken) {
            heard.failed(broken.failure());
        }
        return heard.story();
    }

    /** Reads to the end; returns what each wait brought. */
    static List<Progress> read(AnswerStream stream, Heard heard) throws UpstreamException, InterruptedException {
        var steps = new ArrayList<Progress>();
        long end = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() < end) {
            steps.add(stream.read(Duration.ofSeconds(1), heard));
            if (steps.get(steps.size() - 1) == Progress.ENDED) {
                return steps;
            }
        }
        throw new AssertionError("no end in time, after " + steps.size() + " steps");
    }

    @Override
    public void close() {
        fake.close();
        threads.close();
    }
}
