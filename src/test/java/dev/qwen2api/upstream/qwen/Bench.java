package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Credential;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.AnswerStream.Progress;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.fakeqwen.FakeQwen;
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
    final Ledger ledger = new Ledger();
    final MemoryUploads uploads = new MemoryUploads();
    final QwenClient client;
    final ChatJanitor janitor;
    final WebChannel channel;

    Bench() {
        this(true);
    }

    Bench(boolean deletes) {
        client = client(settings(fake.baseUrl(), Optional.empty()));
        janitor = new ChatJanitor(
                client,
                ledger,
                chat -> Optional.of(account).filter(known -> known.id().equals(chat.account())),
                threads,
                deletes,
                List.of(Duration.ofMillis(50), Duration.ofMillis(50)));
        channel = new WebChannel(client, janitor, uploader(client), Clock.systemUTC());
    }

    Uploader uploader(QwenClient way) {
        return new Uploader(way, new UploadCache(uploads, Clock.systemUTC()), Clock.systemUTC(), threads);
    }

    QwenClient client(UpstreamSettings settings) {
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

    static UpstreamSettings settings(String base, Optional<UpstreamSettings.Proxy> proxy) {
        var headers = new HeaderSettings("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0", "0.2.87", Map.of());
        return new UpstreamSettings(URI.create(base), URI.create(base), headers, proxy, Duration.ofSeconds(5));
    }

    AnswerStream open(ResolvedConversation resolvedConversation) {
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
