package dev.qwen2api.http.server;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.MemoryAccounts;
import dev.qwen2api.account.MemoryHealth;
import dev.qwen2api.account.MemoryUsage;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.config.Secret;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.http.routes.AccountRoutes;
import dev.qwen2api.http.routes.ConfigRoutes;
import dev.qwen2api.http.routes.CookieRoute;
import dev.qwen2api.http.routes.HealthRoutes;
import dev.qwen2api.http.routes.UsageRoutes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A server with the management routes alone, in Shanghai, with a clock and disks that a test moves and breaks. */
final class Managed implements AutoCloseable {

    static final String KEY = "sk-test-key";
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    static final Instant NOON = Instant.parse("2025-10-03T12:00:00Z");
    private static final String ENV = "API_KEY=" + KEY + "\nQWEN_COOKIES=";

    final MovableClock clock = new MovableClock(NOON, ZONE);
    final MemoryAccounts stored = new MemoryAccounts();
    final MemoryUsage storedUsage = new MemoryUsage();
    final UsageRecorder usage = new UsageRecorder(clock, storedUsage);
    final Map<AccountId, CliStatus> cli = new TreeMap<>();
    final ApiKeys keys = new ApiKeys(KeySet.of(List.of(KEY)));
    final AccountRing ring;
    final AccountRegistry accounts;
    final EnvReloader reloader;
    final Path env;
    /** Why the service calls the session of an account no good that is about to be added. */
    volatile Optional<Failure> check = Optional.empty();

    volatile Optional<String> databaseProblem = Optional.empty();
    private final Server server;

    Managed(Path folder, int accountsOfEnv) throws IOException {
        env = folder.resolve(".env");
        ring = new AccountRing(
                clock,
                System::nanoTime,
                CooldownPolicy.of(3, Duration.ofMinutes(5)),
                new RingLimits(8, Duration.ZERO),
                new MemoryHealth());
        accounts = new AccountRegistry(ring, stored, clock);
        String[] cookies = new String[accountsOfEnv];
        for (int i = 0; i < accountsOfEnv; i++) {
            cookies[i] = cookie(i + 1);
        }
        save(cookies);
        accounts.start(List.of(cookies), new MemoryHealth());
        reloader = new EnvReloader(
                EnvReloader.Plan.of(env, clock),
                Map.of(),
                EnvFile.read(env),
                change -> accounts.reload(change.settings().accounts().cookies().stream()
                        .map(Secret::reveal)
                        .toList()));
        server = server();
        server.start("127.0.0.1", 0);
    }

    private Server server() {
        var dialects = new Dialects(Wire::problem, Map.of("/api/", ManagementJson::print), Map.of());
        var desk = new RouteSupport(TestServer.LIMITS, dialects, System::nanoTime);
        var database = new ConfigRoutes.DatabaseState("qwen2api.db", () -> databaseProblem);
        return new Server(
                desk,
                new Server.Guards(new Cors(List.of("*")), keys),
                List.of(
                        new AccountRoutes(desk, accounts, ring, account -> check, clock),
                        new CookieRoute(desk, accounts, reloader, ZONE),
                        new HealthRoutes(ring, usage, this::onCli, clock),
                        new ConfigRoutes(reloader, ring::statuses, database),
                        new UsageRoutes(usage)));
    }

    private CliStatus onCli(AccountId account) {
        return cli.getOrDefault(account, CliStatus.UNKNOWN);
    }

    /** The cookie of a user of that number, good for a week. */
    static String cookie(int user) {
        return "token=" + TestAccounts.token("user-" + user, NOON.plus(Duration.ofDays(7))) + "; ssxmod_itna=secret-"
                + user;
    }

    /** Makes these the cookies of {@code .env}. */
    void save(String... cookies) throws IOException {
        Files.writeString(env, ENV + String.join(",", cookies) + "\n");
    }

    List<String> names() {
        return ring.statuses().stream()
                .map(status -> status.account().id().toString())
                .toList();
    }

    RawClient.Answer get(String path) throws IOException {
        return ask("GET", path, KEY, "");
    }

    RawClient.Answer post(String path, String body) throws IOException {
        return ask("POST", path, KEY, body);
    }

    RawClient.Answer delete(String path) throws IOException {
        return ask("DELETE", path, KEY, "");
    }

    /** Asks with a key, or with none if it is empty. */
    RawClient.Answer ask(String method, String path, String key, String body) throws IOException {
        String authorization = key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n";
        String head = method + " " + path + " HTTP/1.1\r\nHost: test\r\n" + authorization + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n";
        try (var client = new RawClient(server.port())) {
            return client.send(head + body).answer(method);
        }
    }

    @Override
    public void close() {
        server.close();
        reloader.close();
    }
}
