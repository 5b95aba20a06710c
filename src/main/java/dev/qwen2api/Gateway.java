package dev.qwen2api;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.SessionExpiryMonitor;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.chat.ChatExecution;
import dev.qwen2api.chat.ChatService;
import dev.qwen2api.chat.ModelDirectory;
import dev.qwen2api.chat.filter.AnswerFilters;
import dev.qwen2api.chat.video.VideoStudio;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.config.Settings;
import dev.qwen2api.http.routes.ConfigRoutes;
import dev.qwen2api.http.routes.VerifyRoute;
import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.Cors;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Server;
import dev.qwen2api.media.SpoolDirectory;
import dev.qwen2api.media.SpoolingAttachmentResolver;
import dev.qwen2api.ops.AddressFile;
import dev.qwen2api.store.Database;
import dev.qwen2api.store.DatabaseCheckup;
import dev.qwen2api.store.SqlAccounts;
import dev.qwen2api.store.SqlChatLedger;
import dev.qwen2api.store.SqlCli;
import dev.qwen2api.store.SqlHealth;
import dev.qwen2api.store.SqlKeyValues;
import dev.qwen2api.store.SqlUploads;
import dev.qwen2api.store.SqlUsage;
import dev.qwen2api.store.SqlVideos;
import dev.qwen2api.toolcall.ToolCallParser;
import dev.qwen2api.upstream.compatible.CliAccounts;
import dev.qwen2api.upstream.compatible.CliService;
import dev.qwen2api.upstream.qwen.BackgroundThreads;
import dev.qwen2api.upstream.qwen.ChatJanitor;
import dev.qwen2api.upstream.qwen.MediaHosts;
import dev.qwen2api.upstream.qwen.ModelCache;
import dev.qwen2api.upstream.qwen.NativeTools;
import dev.qwen2api.upstream.qwen.QwenClient;
import dev.qwen2api.upstream.qwen.SerialExecutor;
import dev.qwen2api.upstream.qwen.ServiceProbe;
import dev.qwen2api.upstream.qwen.SessionKeeper;
import dev.qwen2api.upstream.qwen.Upstream;
import dev.qwen2api.upstream.qwen.VideoPoller;
import dev.qwen2api.upstream.qwen.WebChannel;
import dev.qwen2api.upstream.qwen.error.WireChanges;
import dev.qwen2api.upstream.qwen.upload.UploadCache;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The gateway: builds every object in the order of dependency, and closes them in reverse. */
public final class Gateway implements AutoCloseable {

    private static final String CATALOGUE = "catalogue";
    /** Bytes of all attachments of all running requests. */
    private static final long ATTACHMENT_BYTES = 2L << 30;

    private static final Duration CATCH_UP = Duration.ofSeconds(5);
    private static final Duration CLEAN_UP = Duration.ofSeconds(3);

    private final Settings settings;
    private final Clock clock;
    private final BackgroundThreads threads = new BackgroundThreads();
    private final SerialExecutor renewals = new SerialExecutor(threads);
    private final Database database;
    private final AccountRing ring;
    private final AccountRegistry accounts;
    private final SqlHealth health;
    private final SqlKeyValues kept;
    private final UsageRecorder usage;
    private final ServiceProbe probe;
    private final SessionKeeper sessions;
    private final SessionExpiryMonitor expiry;
    private final Telemetry telemetry;
    private final ChatJanitor janitor;
    private final WebChannel web;
    private final ModelCache catalogue;
    private final WireChanges changes;
    private final NativeTools nativeTools;
    private final UploadCache uploads;
    private final SpoolDirectory spools;
    private final SpoolingAttachmentResolver attachments;
    private final VideoStudio studio;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean privateUrls = new AtomicBoolean();
    private final CliAccounts cliAccounts;
    private final CliService cli;
    private final Server server;
    private final AddressFile addressFile;
    private final EnvReloader reloader;

    /**
     * The sources of the settings.
     *
     * @param file {@code .env}, which need not exist
     * @param reading the content that the settings came from
     */
    public record Source(Path file, Map<String, String> environment, EnvFile.Reading reading) {}

    /** @param logs applies changed settings of the log */
    public Gateway(Settings settings, Source source, Consumer<Settings> logs, Clock clock) {
        this.settings = settings;
        this.addressFile = new AddressFile(settings.database());
        this.clock = clock;
        database = new Database(settings.database(), clock, System::nanoTime);
        health = new SqlHealth(database);
        kept = new SqlKeyValues(database);
        usage = new UsageRecorder(clock, new SqlUsage(database));
        ring = new AccountRing(
                clock, System::nanoTime, SettingsMapping.cooldowns(settings), SettingsMapping.ring(settings), health);
        telemetry = new Telemetry(ring, usage, database, settings, clock);
        accounts = new AccountRegistry(ring, new SqlAccounts(database), clock);
        var client = new QwenClient(settings.upstream(), clock, this::renew);
        probe = new ServiceProbe(client, clock);
        sessions = new SessionKeeper(client, accounts, ring::find, clock, threads);
        expiry = new SessionExpiryMonitor(ring::statuses, clock, threads);
        janitor = new ChatJanitor(
                new ChatJanitor.Dependencies(
                        client,
                        new SqlChatLedger(database),
                        chat -> ring.find(chat.account(), chat.user()),
                        sessions,
                        threads,
                        System::nanoTime),
                SettingsMapping.deletesChats(settings));
        Duration ttl = settings.models().cacheTtl();
        catalogue = new ModelCache(client, ttl, ring, sessions, clock, threads, text -> kept.save(CATALOGUE, text));
        changes = new WireChanges(clock, text -> kept.save(DatabaseCheckup.WIRE_CHANGES, text));
        nativeTools = new NativeTools(client, ring::all, kept.toolSettings(), clock, threads);
        var models = new ModelDirectory(catalogue, SettingsMapping.names(settings));
        uploads = new UploadCache(new SqlUploads(database, clock), clock);
        var uploader = new Uploader(client, uploads, clock, System::nanoTime, threads);
        var videos = new VideoPoller(
                client, task -> ring.find(task.account(), task.user()), sessions, clock, System::nanoTime);
        web = new WebChannel(
                new Upstream(client, janitor, uploader, videos, sessions, catalogue, changes, clock, threads),
                SettingsMapping.web(settings));
        spools = new SpoolDirectory(settings.database().resolveSibling("attachments"), ATTACHMENT_BYTES);
        privateUrls.set(settings.upstream().allowPrivateUrls());
        attachments = new SpoolingAttachmentResolver(
                spools, threads, privateUrls::get, new MediaHosts(client), System::nanoTime);
        var callIds = ToolCallParser.callIds(new SecureRandom());
        var filters = new AnswerFilters(
                (conversation, retry, next) -> new ToolCallParser(conversation, callIds, retry, next));
        var dependencies = new ChatExecution.Dependencies(ring, web, usage, attachments, filters);
        var chats = new ChatService(dependencies, models::question, SettingsMapping.rules(settings), System::nanoTime);
        studio = new VideoStudio(
                new VideoStudio.Dependencies(chats::answer, attachments, videos, new SqlVideos(database)),
                threads,
                clock);
        var cliHealth = new SqlHealth(database, "cli:");
        cliAccounts = new CliAccounts(
                new SqlCli(database), cliHealth, SettingsMapping.cooldowns(settings), clock, System::nanoTime);
        ring.follow(now -> {
            cliAccounts.follow(now, ring.awayUsers());
            janitor.sessionsChanged(now);
        });
        cli = new CliService(
                new CliService.Dependencies(
                        client,
                        cliAccounts,
                        cliHealth,
                        usage,
                        new CliService.WebService(chats, models::list),
                        threads,
                        clock,
                        System::nanoTime),
                SettingsMapping.cli(settings));
        var keys = new ApiKeys(SettingsMapping.keys(settings));
        var cors = new Cors(settings.server().corsOrigins());
        List<Consumer<Settings>> changeable = List.of(
                logs,
                next -> keys.replace(SettingsMapping.keys(next)),
                telemetry::apply,
                next -> cors.replace(next.server().corsOrigins()),
                next -> ring.apply(SettingsMapping.cooldowns(next), SettingsMapping.ring(next)),
                next -> client.apply(next.upstream()),
                next -> privateUrls.set(next.upstream().allowPrivateUrls()),
                next -> janitor.apply(SettingsMapping.deletesChats(next)),
                next -> web.apply(SettingsMapping.web(next)),
                next -> catalogue.apply(next.models().cacheTtl()),
                next -> models.apply(SettingsMapping.names(next)),
                next -> nativeTools.apply(SettingsMapping.switchesToolsOff(next)),
                next -> chats.apply(SettingsMapping.rules(next)),
                next -> cli.apply(SettingsMapping.cli(next)));
        reloader = new EnvReloader(
                EnvReloader.Plan.of(source.file(), clock),
                source.environment(),
                source.reading(),
                new SettingsReload(accounts, changeable));
        server = server(new Server.Guards(cors, keys), chats, models, client);
    }

    /**
     * Runs off the thread that reads replies, because it may wait for the database, and in the order of the replies.
     */
    private void renew(Account account, Map<String, String> cookies) {
        renewals.execute(() -> accounts.renew(account, cookies));
    }

    private Server server(Server.Guards guards, ChatService chats, ModelDirectory models, QwenClient client) {
        var support = new RouteSupport(SettingsMapping.http(settings), RouteTable.dialects(), System::nanoTime);
        var table = new RouteTable(support, chats::answer, cli::answer, models, clock);
        var routes = new ArrayList<Routes>(table.chat());
        routes.addAll(table.media(attachments, studio, threads));
        routes.add(new VerifyRoute(support, guards.keys()));
        var data = new ConfigRoutes.DatabaseState(
                String.valueOf(settings.database().getFileName()), database::problem);
        routes.addAll(table.management(
                new RouteTable.Managed(accounts, ring, usage, cliAccounts::status, probe, reloader, data)));
        routes.addAll(
                telemetry.routes(support, guards.keys(), reloader, new Telemetry.Upstream(client::isSound, changes)));
        return new Server(support, guards, routes);
    }

    /**
     * Loads the accounts and starts to serve.
     *
     * @throws RuntimeException if the address or port is unavailable
     */
    public void start() {
        kept.load(CATALOGUE).ifPresent(catalogue::remember);
        kept.load(DatabaseCheckup.WIRE_CHANGES).ifPresent(changes::remember);
        usage.resume();
        accounts.start(SettingsMapping.cookies(settings), health).forEach(SettingsReload::logUnusable);
        nativeTools.apply(SettingsMapping.switchesToolsOff(settings));
        catchUp();
        uploads.start();
        spools.clear();
        server.start(settings.server().address(), settings.server().port());
        addressFile.write(new AddressFile.Address(settings.server().address(), port()));
        studio.start();
        expiry.start();
        reloader.start();
    }

    /** Loads what belongs to accounts once all are known, because what has none is deleted; retries until they are. */
    private void catchUp() {
        if (accounts.catchUp()) {
            nativeTools.begin();
            cliAccounts.start();
            janitor.resume();
        } else if (!closed.get()) {
            CompletableFuture.delayedExecutor(CATCH_UP.toMillis(), TimeUnit.MILLISECONDS, threads)
                    .execute(this::catchUp);
        }
    }

    public EnvReloader.Result reload() {
        return reloader.reload();
    }

    /** Returns the actual port. */
    public int port() {
        return server.port();
    }

    public List<AccountStatus> statuses() {
        return ring.statuses();
    }

    @Override
    public void close() {
        closed.set(true);
        reloader.close();
        expiry.close();
        nativeTools.close();
        server.close();
        addressFile.delete();
        cli.close();
        web.close();
        try {
            janitor.drain(CLEAN_UP);
            sessions.drain(CLEAN_UP);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        attachments.close();
        database.close();
        threads.close();
    }
}
