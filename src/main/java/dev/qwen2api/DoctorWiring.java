package dev.qwen2api;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountSet;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.AccountStore;
import dev.qwen2api.account.AccountStore.Kept;
import dev.qwen2api.account.HealthStore;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.Settings;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.ops.doctor.AccountsCheck;
import dev.qwen2api.ops.doctor.Check;
import dev.qwen2api.ops.doctor.DatabaseCheck;
import dev.qwen2api.ops.doctor.Doctor;
import dev.qwen2api.ops.doctor.ExposureCheck;
import dev.qwen2api.ops.doctor.PortCheck;
import dev.qwen2api.ops.doctor.SecretMasker;
import dev.qwen2api.ops.doctor.SettingsCheck;
import dev.qwen2api.ops.doctor.StreamCheck;
import dev.qwen2api.ops.doctor.SystemCheck;
import dev.qwen2api.ops.doctor.UpstreamCheck;
import dev.qwen2api.ops.doctor.UpstreamProbe;
import dev.qwen2api.store.DatabaseCheckup;
import dev.qwen2api.upstream.qwen.QwenClient;
import dev.qwen2api.upstream.qwen.ServiceProbe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The wiring of the doctor: which checks there are, and what each is given. Starts nothing and changes nothing. */
final class DoctorWiring {

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    /** The route of the test allows no longer silence. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private final Clock clock;
    private final Consumer<String> out;
    private final Doctor.Format format;

    /**
     * @param out takes the lines
     */
    DoctorWiring(Clock clock, Consumer<String> out, Doctor.Format format) {
        this.clock = clock;
        this.out = out;
        this.format = format;
    }

    /**
     * Looks everything over.
     *
     * @param file {@code .env}
     * @param url the address that clients are given, to be looked at as well
     * @return the exit status
     */
    int run(Path file, Map<String, String> environment, Optional<String> url) {
        EnvFile.Reading reading = EnvFile.read(file);
        var written = new SettingsCheck(file, reading, environment, MOUNTS);
        if (written.outcome() instanceof SettingsParser.Accepted accepted) {
            return run(written, accepted.settings(), url);
        }
        Map<String, String> values = reading instanceof EnvFile.Parsed parsed ? parsed.values() : Map.of();
        var doctor = new Doctor(SecretMasker.about(values.values()), out, format);
        doctor.examine(List.of(new SystemCheck(Main.version()), written));
        return doctor.status();
    }

    /**
     * Asks the gateway that these settings make listen whether it lives.
     *
     * @return the exit status: 0 when it does, 1 when it does not
     */
    int health(Path file, Map<String, String> environment) {
        Map<String, String> values = EnvFile.read(file) instanceof EnvFile.Parsed parsed ? parsed.values() : Map.of();
        boolean lives = SettingsParser.parse(values, environment) instanceof SettingsParser.Accepted accepted
                && new PortCheck(
                                accepted.settings().server().address(),
                                accepted.settings().server().port())
                        .isGateway();
        out.accept(lives ? "it lives" : "no gateway answers");
        return lives ? 0 : 1;
    }

    private int run(SettingsCheck written, Settings settings, Optional<String> url) {
        DatabaseCheckup database = DatabaseCheckup.of(settings.database());
        AccountsCheck.Accounts accounts = accounts(settings, database);
        Settings.Server server = settings.server();
        var client = new QwenClient(SettingsMapping.upstream(settings), clock, (account, cookies) -> {});
        UpstreamProbe upstreamProbe = upstream(new ServiceProbe(client, clock));
        var checks = new ArrayList<Check>(List.of(
                new SystemCheck(Main.version()),
                written,
                new ExposureCheck(settings),
                new PortCheck(server.address(), server.port()),
                new DatabaseCheck(settings.database(), database.problem()),
                new UpstreamCheck(upstreamProbe, route(settings), clock),
                new AccountsCheck(accounts, upstreamProbe, clock)));
        url.ifPresent(address -> checks.add(stream(address, settings)));
        var doctor = new Doctor(SecretMasker.about(settings), out, format);
        doctor.examine(checks);
        return doctor.status();
    }

    private static UpstreamCheck.Route route(Settings settings) {
        return new UpstreamCheck.Route(
                settings.upstream().chatUrl().getHost(),
                settings.upstream().proxy().isPresent());
    }

    private static StreamCheck stream(String address, Settings settings) {
        Duration heartbeat = settings.limits().heartbeat();
        Duration silence = heartbeat.isZero() || heartbeat.compareTo(LONGEST_SILENCE) > 0
                ? LONGEST_SILENCE
                : heartbeat.plusSeconds(1);
        return new StreamCheck(address, settings.keys().api().get(0).reveal(), silence, System::nanoTime);
    }

    private static UpstreamProbe upstream(ServiceProbe serviceProbe) {
        return new UpstreamProbe() {
            @Override
            public Visit visit() {
                ServiceProbe.ProbeResult probeResult = serviceProbe.visit();
                return new Visit(probeResult.time(), probeResult.failure());
            }

            @Override
            public Optional<Failure> session(Account account) {
                return serviceProbe.session(account);
            }
        };
    }

    /** The accounts of these settings and of the database that have a usable token. */
    List<Account> usableAccounts(Settings settings) {
        return accounts(settings, DatabaseCheckup.of(settings.database())).usable().stream()
                .map(AccountStatus::account)
                .toList();
    }

    /** The accounts that a gateway would have: found by its own registry, which here can keep nothing. */
    private AccountsCheck.Accounts accounts(Settings settings, DatabaseCheckup database) {
        var health = new StoredHealth(database.health());
        var ring = new AccountRing(clock, SettingsMapping.rests(settings), SettingsMapping.ring(settings), health);
        var registry = new AccountRegistry(ring, new ReadOnly(database.accounts()), clock);
        List<Integer> unusable = registry.start(SettingsMapping.cookies(settings), health);
        return new AccountsCheck.Accounts(ring.statuses(), unusable);
    }

    /** The health that was stored; nothing more is. */
    private record StoredHealth(Map<String, HealthStore.Snapshot> load) implements HealthStore {

        @Override
        public void save(String user, Snapshot health) {}

        @Override
        public void forget(String user) {}
    }

    private record ReadOnly(AccountSet load) implements AccountStore {

        @Override
        public void replaceAll(AccountSet accountSet) {}

        @Override
        public void renewed(Kept account) {}

        @Override
        public void renewedSoon(Kept account) {}
    }
}
