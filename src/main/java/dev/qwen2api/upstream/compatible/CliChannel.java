package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.account.cli.CliAccounts;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.chat.RelayService;
import dev.qwen2api.chat.RelaySink;
import dev.qwen2api.upstream.qwen.QwenClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CLI channel: requests in OpenAI's wire format go to the portal with the credential of an account, in turn, then with the
 * owner's official key, then to whoever is left. Nothing is asked of the portal, and no credential of the service, before the
 * first request. Thread-safe; each request runs in the caller's thread.
 */
public final class CliChannel implements RelayService, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CliChannel.class);

    /** Few enough that many accounts without a credential do not look like an attack to the service. */
    private static final int FLOWS = 2;

    private static final long KEEP_SECONDS = 30;
    private static final long LAST_WORK_SECONDS = 2;
    private static final Instant MODELS_SINCE = Instant.ofEpochSecond(1_719_878_112);

    private final ThreadPoolExecutor flows = flows();
    private final Dependencies dependencies;
    private volatile CliSettings settings;

    /**
     * What the channel is built upon.
     *
     * @param client the way out
     * @param accounts who can serve
     * @param usage where answers are counted
     * @param executor where credentials are renewed
     * @param clock for the life of tokens
     */
    public record Environment(
            QwenClient client, CliAccounts accounts, UsageRecorder usage, Executor executor, Clock clock) {}

    /** What every request works with. */
    record Dependencies(
            QwenClient client,
            CliAccounts accounts,
            CliTokens tokens,
            UsageRecorder usage,
            Clock clock,
            LongSupplier nanoTime) {}

    public CliChannel(Environment environment, CliSettings settings) {
        var oauth = new OauthClient(environment.client());
        DeviceFlow.Sleeper sleeper = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());
        var flow = new DeviceFlow(oauth, new SecureRandom(), environment.clock(), sleeper);
        var tokens = new CliTokens(
                environment.accounts(),
                oauth,
                flow,
                new CliTokens.Threads(flows, environment.executor()),
                environment.clock());
        this.dependencies = new Dependencies(
                environment.client(),
                environment.accounts(),
                tokens,
                environment.usage(),
                environment.clock(),
                System::nanoTime);
        this.settings = settings;
    }

    private static ThreadPoolExecutor flows() {
        var pool = new ThreadPoolExecutor(
                FLOWS, FLOWS, KEEP_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    var thread = new Thread(task, "cli");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** The models of the portal, whoever asks. */
    public static List<Listing> models() {
        return PortalRequest.MODELS.stream()
                .map(id -> new Listing(id, MODELS_SINCE))
                .toList();
    }

    /** Puts other settings in force for requests that begin from now on. */
    public void apply(CliSettings next) {
        settings = next;
    }

    @Override
    public Outcome answer(RelayRequest request, RelaySink sink) throws InterruptedException {
        return new CliExchange(dependencies, settings, request, sink).run();
    }

    /** Lets go of the credentials that are being obtained; one that has just been granted is still kept. */
    @Override
    public void close() {
        flows.shutdownNow();
        try {
            if (!flows.awaitTermination(LAST_WORK_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("[CLI] stopped while a credential was being obtained; it is asked for again");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
