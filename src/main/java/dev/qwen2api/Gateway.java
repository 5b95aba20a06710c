package dev.qwen2api;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.SessionExpiryMonitor;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.account.cli.CliAccounts;
import dev.qwen2api.api.anthropic.AnthropicErrors;
import dev.qwen2api.api.anthropic.AnthropicModels;
import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.api.openai.CliErrorCodec;
import dev.qwen2api.api.openai.ErrorCodec;
import dev.qwen2api.api.openai.ModelsCodec;
import dev.qwen2api.api.openai.responses.ResponseCache;
import dev.qwen2api.chat.ChatService;
import dev.qwen2api.chat.ModelDirectory;
import dev.qwen2api.chat.filter.AnswerFilters;
import dev.qwen2api.chat.video.VideoStudio;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.config.Settings;
import dev.qwen2api.http.routes.AccountRoutes;
import dev.qwen2api.http.routes.Answers;
import dev.qwen2api.http.routes.ChatHandler;
import dev.qwen2api.http.routes.CliRoutes;
import dev.qwen2api.http.routes.ConfigRoutes;
import dev.qwen2api.http.routes.HealthRoutes;
import dev.qwen2api.http.routes.ImagesRoutes;
import dev.qwen2api.http.routes.ManagementJson;
import dev.qwen2api.http.routes.MessagesRoutes;
import dev.qwen2api.http.routes.ModelsHandler;
import dev.qwen2api.http.routes.OpenAiChat;
import dev.qwen2api.http.routes.RelayHandler;
import dev.qwen2api.http.routes.ResponsesRoutes;
import dev.qwen2api.http.routes.UsageRoutes;
import dev.qwen2api.http.routes.VerifyHandler;
import dev.qwen2api.http.routes.VideosRoutes;
import dev.qwen2api.http.routes.WebFallback;
import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.Cors;
import dev.qwen2api.http.server.Dialects;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Server;
import dev.qwen2api.media.SpoolDirectory;
import dev.qwen2api.media.SpoolingAttachmentResolver;
import dev.qwen2api.store.Database;
import dev.qwen2api.store.SqlAccounts;
import dev.qwen2api.store.SqlChatLedger;
import dev.qwen2api.store.SqlCli;
import dev.qwen2api.store.SqlHealth;
import dev.qwen2api.store.SqlKeyValues;
import dev.qwen2api.store.SqlUploads;
import dev.qwen2api.store.SqlUsage;
import dev.qwen2api.store.SqlVideos;
import dev.qwen2api.toolcall.CallIds;
import dev.qwen2api.toolcall.ToolCallParser;
import dev.qwen2api.upstream.compatible.CliChannel;
import dev.qwen2api.upstream.qwen.BackgroundThreads;
import dev.qwen2api.upstream.qwen.ChatJanitor;
import dev.qwen2api.upstream.qwen.ChatLedger;
import dev.qwen2api.upstream.qwen.MediaHosts;
import dev.qwen2api.upstream.qwen.ModelCatalog;
import dev.qwen2api.upstream.qwen.QwenClient;
import dev.qwen2api.upstream.qwen.RenewingChannel;
import dev.qwen2api.upstream.qwen.SessionKeeper;
import dev.qwen2api.upstream.qwen.VideoTasks;
import dev.qwen2api.upstream.qwen.WebChannel;
import dev.qwen2api.upstream.qwen.upload.UploadCache;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The whole gateway, wired by hand: everything is built here in the order of its needs, and closed in reverse. */
public final class Gateway implements AutoCloseable {

    private static final String CATALOGUE = "catalogue";
    private static final Duration CATCH_UP = Duration.ofSeconds(5);
    private static final Duration CLEAN_UP = Duration.ofSeconds(3);
    /** 16 MB at the most, which a heap for a small machine can spare. */
    private static final ResponseCache.Room HELD_RESPONSES = new ResponseCache.Room(500, 8_000_000);

    private final Settings settings;
    private final Clock clock;
    private final BackgroundThreads threads = new BackgroundThreads();
    private final Database database;
    private final AccountRing ring;
    private final AccountRegistry accounts;
    private final SqlHealth health;
    private final SqlKeyValues kept;
    private final UsageRecorder usage;
    private final SessionKeeper sessions;
    private final SessionExpiryMonitor expiry;
    private final Telemetry telemetry;
    private final ChatJanitor janitor;
    private final WebChannel web;
    private final ModelCatalog catalogue;
    private final UploadCache uploads;
    private final SpoolDirectory spools;
    private final SpoolingAttachmentResolver spoolingAttachmentResolver;
    private final VideoStudio studio;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean privateUrls = new AtomicBoolean();
    private final CliAccounts cliAccounts;
    private final CliChannel cli;
    private final Server server;
    private final EnvReloader reloader;

    /**
     * Where the settings came from, so that changes there can be followed.
     *
     * @param file {@code .env}, which need not exist
     * @param environment the process environment
     * @param reading what was in the file when the settings were made
     */
    public record Source(Path file, Map<String, String> environment, EnvFile.Reading reading) {}

    /**
     * @param logs puts changed settings of the log in force
     */
    public Gateway(Settings settings, Source source, Consumer<Settings> logs, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        database = new Database(settings.database(), clock);
        health = new SqlHealth(database);
        kept = new SqlKeyValues(database);
        usage = new UsageRecorder(clock, new SqlUsage(database));
        ring = new AccountRing(clock, SettingsMapping.rests(settings), SettingsMapping.ring(settings), health);
        telemetry = new Telemetry(ring, usage, database, settings);
        accounts = new AccountRegistry(ring, new SqlAccounts(database), clock);
        var client = new QwenClient(SettingsMapping.upstream(settings), clock, this::renew);
        sessions = new SessionKeeper(client, accounts, this::present, clock, threads);
        expiry = new SessionExpiryMonitor(ring::statuses, clock, threads);
        janitor = new ChatJanitor(
                client, new SqlChatLedger(database), this::ownerOf, threads, SettingsMapping.deletesChats(settings));
        catalogue = new ModelCatalog(
                client, settings.models().cacheTtl(), clock, threads, text -> kept.save(CATALOGUE, text));
        var models = new ModelDirectory(catalogue, SettingsMapping.names(settings));
        uploads = new UploadCache(new SqlUploads(database), clock);
        var uploader = new Uploader(client, uploads, clock, threads);
        web = new WebChannel(client, janitor, uploader, clock);
        web.prewarm(settings.upstream().chatPrewarm());
        var channel = new RenewingChannel(web, sessions);
        spools = new SpoolDirectory(SettingsMapping.spools(settings), SettingsMapping.SPOOL_ROOM);
        privateUrls.set(settings.upstream().allowPrivateUrls());
        spoolingAttachmentResolver =
                new SpoolingAttachmentResolver(spools, threads, privateUrls::get, new MediaHosts(client));
        var callIds = new CallIds(new SecureRandom());
        var filters = new AnswerFilters((conversation, retry, next) -> new ToolCallParser(
                conversation.tools(), callIds, conversation.options().mostCalls(), retry, next));
        var dependencies = new ChatService.Dependencies(ring, channel, usage, spoolingAttachmentResolver, filters);
        var chats = new ChatService(dependencies, models, SettingsMapping.rules(settings), System::nanoTime);
        studio = new VideoStudio(
                chats::answer, new VideoTasks(client, ring::find), new SqlVideos(database), threads, clock);
        cliAccounts = new CliAccounts(
                this::owned, new SqlCli(database), clock, settings.cli().dailyLimit());
        cli = new CliChannel(
                new CliChannel.Environment(client, cliAccounts, usage, threads, clock), SettingsMapping.cli(settings));
        var keys = new ApiKeys(SettingsMapping.keys(settings));
        var cors = new Cors(settings.server().corsOrigins());
        List<Consumer<Settings>> changeable = List.of(
                logs,
                next -> keys.replace(SettingsMapping.keys(next)),
                telemetry::apply,
                next -> cors.replace(next.server().corsOrigins()),
                next -> ring.apply(SettingsMapping.rests(next), SettingsMapping.ring(next)),
                next -> client.apply(SettingsMapping.upstream(next)),
                next -> privateUrls.set(next.upstream().allowPrivateUrls()),
                next -> janitor.apply(SettingsMapping.deletesChats(next)),
                next -> web.prewarm(next.upstream().chatPrewarm()),
                next -> catalogue.apply(next.models().cacheTtl()),
                next -> models.apply(SettingsMapping.names(next)),
                next -> chats.apply(SettingsMapping.rules(next)),
                next -> cliAccounts.apply(next.cli().dailyLimit()),
                next -> cli.apply(SettingsMapping.cli(next)));
        reloader = new EnvReloader(
                EnvReloader.Plan.of(source.file(), clock),
                source.environment(),
                source.reading(),
                new SettingsReload(accounts, changeable));
        server = server(new Server.Doors(cors, keys), chats, models);
    }

    /** Elsewhere than on the thread that brings replies: it may have to wait until somebody else's change is on disk. */
    private void renew(Account account, Map<String, String> cookies) {
        threads.execute(() -> accounts.renew(account, cookies));
    }

    private Server server(Server.Doors doors, ChatService chats, ModelDirectory models) {
        var anthropic = new AnthropicErrors();
        var dialects = new Dialects(
                new ErrorCodec(),
                Map.of(
                        "/verify",
                        VerifyHandler::print,
                        "/api/",
                        ManagementJson::print,
                        "/cli/",
                        new CliErrorCodec(),
                        MessagesRoutes.PREFIX,
                        anthropic),
                Map.of(MessagesRoutes.CLIENT_HEADER, anthropic));
        var desk = new RouteSupport(SettingsMapping.http(settings), dialects, System::nanoTime);
        var answers = new Answers(desk, chats::answer);
        var reader = new OpenAiChat(new ChatCodec(), clock);
        var relay = new RelayHandler(desk, cli, new WebFallback(reader, answers, models::list));
        var handlers = new Server.Handlers(
                new ChatHandler(desk, reader, answers),
                new ModelsHandler(models::list, new ModelsCodec(), new AnthropicModels()),
                new VerifyHandler(desk, doors.keys()));
        var further = new ArrayList<>(management(desk));
        further.addAll(telemetry.routes(desk, doors.keys(), reloader));
        further.add(new CliRoutes(relay, CliChannel.models()));
        further.add(new ImagesRoutes(
                desk,
                new ImagesRoutes.Dependencies(chats::answer, spoolingAttachmentResolver, spoolingAttachmentResolver),
                threads,
                clock));
        further.add(new VideosRoutes(desk, studio, spoolingAttachmentResolver));
        further.add(new ResponsesRoutes(desk, answers, new ResponseCache(HELD_RESPONSES), clock));
        further.add(new MessagesRoutes(desk, new MessagesCodec(), answers));
        return new Server(desk, doors, handlers, further);
    }

    private List<Routes> management(RouteSupport desk) {
        var data = new ConfigRoutes.DatabaseState(SettingsMapping.fileName(settings.database()), database::problem);
        return List.of(
                new AccountRoutes(desk, accounts, ring, clock.getZone()),
                new HealthRoutes(ring, usage, cliAccounts::status, clock.getZone()),
                new ConfigRoutes(reloader, ring::statuses, data),
                new UsageRoutes(usage));
    }

    /**
     * Brings the accounts back and begins to serve.
     *
     * @throws RuntimeException when the address or the port cannot be had
     */
    public void start() {
        kept.load(CATALOGUE).ifPresent(catalogue::remember);
        usage.resume();
        accounts.start(SettingsMapping.cookies(settings), health).forEach(SettingsReload::passedOver);
        catchUp();
        uploads.start();
        spools.clear();
        server.start(settings.server().address(), settings.server().port());
        studio.start();
        expiry.start();
        reloader.start();
    }

    /**
     * What belongs to accounts is taken up once all of them are known, because what belongs to nobody is thrown away. Where they
     * could not be read, that is tried again until they can.
     */
    private void catchUp() {
        if (accounts.catchUp()) {
            cliAccounts.start();
            janitor.resume();
        } else if (!closed.get()) {
            CompletableFuture.delayedExecutor(CATCH_UP.toMillis(), TimeUnit.MILLISECONDS, threads)
                    .execute(this::catchUp);
        }
    }

    /** Reads {@code .env} now, whether or not a change of it was noticed. */
    public EnvReloader.Result reload() {
        return reloader.reload();
    }

    /** The port that is really listened on. */
    public int port() {
        return server.port();
    }

    private Optional<Account> present(Account account) {
        return ring.find(account.id(), account.credential().userId());
    }

    private Optional<Account> ownerOf(ChatLedger.Entry chat) {
        return chat.user().isPresent() ? ring.find(chat.account(), chat.user()) : ring.find(chat.account());
    }

    private List<Account> owned() {
        return ring.statuses().stream().map(AccountStatus::account).toList();
    }

    /** All accounts with their state. */
    public List<AccountStatus> statuses() {
        return ring.statuses();
    }

    @Override
    public void close() {
        closed.set(true);
        reloader.close();
        expiry.close();
        server.close();
        cli.close();
        web.prewarm(false);
        try {
            janitor.drain(CLEAN_UP);
            sessions.drain(CLEAN_UP);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        database.close();
        threads.close();
    }
}
