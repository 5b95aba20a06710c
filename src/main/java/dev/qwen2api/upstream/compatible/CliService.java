package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.Credential;
import dev.qwen2api.account.HealthStore;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.chat.AttachmentResolver;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.ChatExecution;
import dev.qwen2api.chat.ChatService;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.ModelDirectory;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.chat.filter.AnswerFilters;
import dev.qwen2api.config.DaemonThreads;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.upstream.compatible.CompatibleService.Bearer;
import dev.qwen2api.upstream.qwen.QwenClient;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on the CLI routes: through the accounts' OAuth credentials, then through the official key, then through the
 * web channel where the owner allows it. No credential is obtained before the first request. Thread-safe.
 */
public final class CliService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CliService.class);

    /** The reference's words, to the letter. */
    private static final String NO_ACCOUNT = "没有可用的CLI账户，请稍后重试";

    /** Few enough that many accounts without a credential do not look like an attack to the service. */
    private static final int FLOWS = 2;

    private static final long KEEP_SECONDS = 30;
    private static final long LAST_WORK_SECONDS = 2;
    private static final Instant MODELS_SINCE = Instant.ofEpochSecond(1_719_878_112);

    private final ThreadPoolExecutor flows = flows();
    private final Dependencies dependencies;
    private final CliTokens tokens;
    private final AccountRing keys;
    private final ChatService portal;
    private final ChatService official;
    private volatile Rules rules;

    /**
     * What the service is built upon.
     *
     * @param accounts the owner's accounts on this channel
     * @param web the service of the web channel
     * @param executor where credentials are renewed
     */
    public record Dependencies(
            QwenClient client,
            CliAccounts accounts,
            HealthStore health,
            UsageRecorder usage,
            WebService web,
            Executor executor,
            Clock clock,
            LongSupplier nanoTime) {}

    /** The web channel, for the fallback to it. */
    public record WebService(ChatService chats, Supplier<List<Listing>> models) {}

    /**
     * What may change while the service runs.
     *
     * @param base where the portal is, and where the official key is valid
     * @param apiKey an official key; a secret
     * @param webFallback whether the web channel serves when no credential works
     * @param names clients' names of models
     * @param chat rules of the answers
     * @param cooldowns of the accounts and of the key
     * @param dailyLimit requests per account and day
     */
    public record Rules(
            URI base,
            Optional<String> apiKey,
            boolean webFallback,
            ModelDirectory.Names names,
            ChatExecution.Rules chat,
            CooldownPolicy cooldowns,
            int dailyLimit) {

        /** The official key, with the address at which it is valid. */
        Optional<Bearer> official() {
            return apiKey.map(key -> new Bearer(key, CliCredential.base(base.toString())));
        }

        @Override
        public String toString() {
            return "Rules[" + base + ", key: " + apiKey.isPresent() + ", web: " + webFallback + "]";
        }
    }

    public CliService(Dependencies dependencies, Rules rules) {
        this.dependencies = dependencies;
        this.rules = rules;
        QwenClient client = dependencies.client();
        CliAccounts accounts = dependencies.accounts();
        Clock clock = dependencies.clock();
        var oauth = new OauthClient(client);
        DeviceFlow.Sleeper sleeper = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());
        var flow = new DeviceFlow(oauth, new SecureRandom(), clock, sleeper);
        this.tokens =
                new CliTokens(accounts, oauth, flow, new CliTokens.Threads(flows, dependencies.executor()), clock);
        this.keys = new AccountRing(
                clock, dependencies.nanoTime(), rules.cooldowns(), CliAccounts.UNLIMITED, dependencies.health());
        var service = new PortalService(accounts, tokens, () -> this.rules.base(), clock);
        this.portal =
                chats(accounts.ring(), new CompatibleChannel(client, service, clock), PortalService::model, rules);
        var official = new OfficialKeyService(() -> this.rules.official());
        this.official = chats(keys, new CompatibleChannel(client, official, clock), name -> name, rules);
        apply(rules);
    }

    private ChatService chats(AccountRing ring, Channel channel, UnaryOperator<String> models, Rules now) {
        var filters = new AnswerFilters((conversation, retry, next) -> next);
        var chat = new ChatExecution.Dependencies(
                ring,
                channel,
                dependencies.usage(),
                CliService::asWritten,
                // The service keeps to the limit of tokens by itself.
                (end, conversation, presentation, retry) ->
                        filters.create(end, conversation.withoutLimit(), presentation, retry));
        return new ChatService(
                chat, conversation -> resolve(conversation, models), now.chat(), dependencies.nanoTime());
    }

    /** The service fetches what a conversation refers to by itself. */
    private static AttachmentResolver.Resolved asWritten(Conversation conversation, BooleanSupplier gone) {
        return new AttachmentResolver.Resolved() {
            @Override
            public Conversation conversation() {
                return conversation;
            }

            @Override
            public void close() {}
        };
    }

    private ResolvedConversation resolve(Conversation conversation, UnaryOperator<String> models) {
        String name = conversation.model();
        Conversation.Options options = conversation.options();
        return new ResolvedConversation(
                conversation,
                models.apply(
                        PortalService.MODELS.contains(name)
                                ? name
                                : rules.names().resolve(name)),
                ChatType.TEXT,
                options.thinking().orElse(false),
                options.thinkingBudget(),
                Optional.empty());
    }

    private static ThreadPoolExecutor flows() {
        var pool = new ThreadPoolExecutor(
                FLOWS, FLOWS, KEEP_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DaemonThreads.named("cli"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** The models of the portal, the same for everybody. */
    public static List<Listing> models() {
        return PortalService.MODELS.stream()
                .map(id -> new Listing(id, MODELS_SINCE))
                .toList();
    }

    /** Applies other rules to requests that begin from now on. */
    public void apply(Rules next) {
        rules = next;
        portal.apply(next.chat());
        official.apply(next.chat());
        boolean wait = next.apiKey().isEmpty() && !next.webFallback();
        dependencies.accounts().apply(next.cooldowns(), next.dailyLimit(), wait);
        keys.apply(next.cooldowns(), CliAccounts.UNLIMITED);
        keys.replace(next.apiKey().stream().map(CliService::account).toList());
    }

    private static Account account(String key) {
        return new Account(AccountId.OFFICIAL_KEY, Account.Source.ENV, Credential.bearer(key, Optional.empty()));
    }

    /**
     * Answers one request, as {@link ChatService#answer} does.
     *
     * @throws InterruptedException when this thread is told to stop
     */
    public void answer(Conversation conversation, AnswerSink sink) throws InterruptedException {
        Rules now = rules;
        tokens.obtain();
        var first = new FallbackSink(sink);
        portal.answer(conversation, first);
        Optional<Problem> problem = first.problem().map(failed -> ofAccounts(first, failed));
        if (problem.filter(CliService::mayPass).isPresent() && now.apiKey().isPresent()) {
            var second = new FallbackSink(sink);
            official.answer(conversation, second);
            Optional<Problem> before = problem;
            problem = second.problem().map(failed -> second.hasTried() ? failed : before.orElse(failed));
        }
        if (problem.filter(CliService::mayPass).isPresent() && now.webFallback()) {
            sink.fallback("web");
            dependencies.web().chats().answer(conversation.withModel(nameOnTheWeb(conversation.model())), sink);
            return;
        }
        problem.ifPresent(sink::fail);
    }

    /** Whether the request itself is not at fault. */
    private static boolean mayPass(Problem problem) {
        return problem.kind().status() >= ProblemKind.RATE_LIMITED.status();
    }

    private Problem ofAccounts(FallbackSink answer, Problem problem) {
        if (answer.hasTried() && problem.kind() != ProblemKind.SESSION_EXPIRED) {
            return problem;
        }
        Optional<Duration> wait = dependencies
                .accounts()
                .nextReturn()
                .map(at -> Duration.between(dependencies.clock().instant(), at))
                .filter(left -> !left.isNegative());
        return new Problem(ProblemKind.NO_ACCOUNT, NO_ACCOUNT, Optional.empty(), wait);
    }

    /** The portal's own names of models mean the nearest ones of the web channel. */
    private String nameOnTheWeb(String model) {
        return switch (model) {
            case "coder-model", "qwen3-coder-plus" -> firstKnown("qwen3-coder-plus", "qwen-max");
            case "qwen3-coder-flash" -> firstKnown("qwen-turbo");
            case "vision-model" -> firstKnown("qwen-plus");
            default -> model;
        };
    }

    private String firstKnown(String... names) {
        List<String> known =
                dependencies.web().models().get().stream().map(Listing::id).toList();
        return List.of(names).stream().filter(known::contains).findFirst().orElse(names[names.length - 1]);
    }

    /** Cancels device flows; a credential that has just been granted is still saved. */
    @Override
    public void close() {
        flows.shutdownNow();
        try {
            if (!flows.awaitTermination(LAST_WORK_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("[CLI] stopped while a credential was being obtained; the next start obtains it");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
