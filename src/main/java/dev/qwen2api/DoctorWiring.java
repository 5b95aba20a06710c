package dev.qwen2api;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountHealth;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountSet;
import dev.qwen2api.account.AccountSet.Kept;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.AccountStore;
import dev.qwen2api.account.HealthStore;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.ServerLocation;
import dev.qwen2api.config.Settings;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.ops.AddressFile;
import dev.qwen2api.ops.doctor.AccountsCheck;
import dev.qwen2api.ops.doctor.DatabaseCheck;
import dev.qwen2api.ops.doctor.Doctor;
import dev.qwen2api.ops.doctor.ExposureCheck;
import dev.qwen2api.ops.doctor.FilePermissions;
import dev.qwen2api.ops.doctor.Finding;
import dev.qwen2api.ops.doctor.PortCheck;
import dev.qwen2api.ops.doctor.SecretMasker;
import dev.qwen2api.ops.doctor.SettingsCheck;
import dev.qwen2api.ops.doctor.StreamCheck;
import dev.qwen2api.ops.doctor.UpstreamCheck;
import dev.qwen2api.store.DatabaseCheckup;
import dev.qwen2api.upstream.qwen.QwenClient;
import dev.qwen2api.upstream.qwen.ServiceProbe;
import dev.qwen2api.upstream.qwen.error.WireChanges;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Wires the checks of the doctor. Starts and changes nothing. */
final class DoctorWiring {

    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    /** The limit of the test route. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private final Clock clock;
    private final Consumer<String> out;
    private final Doctor.Format format;

    DoctorWiring(Clock clock, Consumer<String> out, Doctor.Format format) {
        this.clock = clock;
        this.out = out;
        this.format = format;
    }

    /**
     * Runs all checks.
     *
     * @param file {@code .env}
     * @param url the address for clients, to check streams through it
     * @return the exit status
     */
    int run(Path file, Map<String, String> environment, Optional<String> url) {
        EnvFile.Reading reading = EnvFile.read(file);
        var written = new SettingsCheck(file, reading, environment, MOUNTS);
        if (written.outcome() instanceof SettingsParser.Accepted accepted) {
            return run(written, accepted.settings(), url);
        }
        var doctor = new Doctor(SecretMasker.of(reading.values().values()), out, format);
        doctor.run(List.of(Doctor.system(Telemetry.version()), written));
        return doctor.status();
    }

    /** Returns the warnings to log at start: a readable {@code .env}, weak or equal keys, and who can reach them. */
    static List<String> exposure(Settings settings, Path file) {
        SecretMasker masker = SecretMasker.of(settings);
        return Stream.concat(FilePermissions.of(file, ".env").stream(), new ExposureCheck(settings).findings().stream())
                .filter(finding -> finding.grade() != Finding.Grade.OK)
                .map(finding -> finding.subject() + ": " + masker.mask(finding.sentence()))
                .toList();
    }

    /**
     * Checks that the gateway of this file is alive, where it said that it listens or where the file says. A file that
     * the gateway has refused does not make it dead, and neither does a port that waits for a restart.
     *
     * @return the exit status: 0 if it is, 1 if not
     */
    int health(Path file, Map<String, String> environment) {
        boolean lives = gatewayAnswers(ServerLocation.read(file, environment));
        out.accept(lives ? "it lives" : "no gateway answers");
        if (SettingsParser.parse(EnvFile.read(file), environment) instanceof SettingsParser.Rejected rejected) {
            rejected.problems().forEach(problem -> out.accept("the next start would fail: " + problem));
        }
        return lives ? 0 : 1;
    }

    static boolean gatewayAnswers(ServerLocation location) {
        var asSet = new AddressFile.Address(location.address(), location.port());
        return Stream.concat(new AddressFile(location.database()).read().stream(), Stream.of(asSet))
                .distinct()
                .anyMatch(where -> new PortCheck(where.host(), where.port()).isGateway());
    }

    private static PortCheck port(Settings settings) {
        return new PortCheck(settings.server().address(), settings.server().port());
    }

    private int run(SettingsCheck written, Settings settings, Optional<String> url) {
        DatabaseCheckup database = DatabaseCheckup.of(settings.database());
        AccountsCheck.Accounts accounts = accounts(settings, database);
        var client = new QwenClient(settings.upstream(), clock, (account, cookies) -> {});
        var probe = new ServiceProbe(client, clock);
        var checks = new ArrayList<Doctor.Check>(List.of(
                Doctor.system(Telemetry.version()),
                written,
                new ExposureCheck(settings),
                port(settings),
                new DatabaseCheck(settings.database(), database.problem()),
                new UpstreamCheck(() -> contact(probe), route(settings), clock),
                new AccountsCheck(accounts, probe::session, clock),
                () -> wireChanges(database.wireChanges())));
        url.ifPresent(address -> checks.add(stream(address, settings)));
        var doctor = new Doctor(SecretMasker.of(settings), out, format);
        doctor.run(checks);
        return doctor.status();
    }

    /** Returns what a running gateway saw of the service that no table knows: an owner can report it. */
    private static List<Finding> wireChanges(Optional<String> saved) {
        return saved.map(WireChanges::read).orElse(List.of()).stream()
                .map(each -> each.kind().equals("tool")
                        ? Finding.warning(
                                "upstream",
                                "the service took a tool of a client for one of its own, last on " + each.day(),
                                "NATIVE_TOOLS=off in .env; docs/upstream.md says what else it switches off")
                        : Finding.warning(
                                "upstream",
                                "the service used an unknown " + each.kind() + " '" + each.name() + "', last on "
                                        + each.day(),
                                "report it with a scrubbed recording (qwen2api capture)"))
                .toList();
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

    private static UpstreamCheck.Contact contact(ServiceProbe probe) {
        ServiceProbe.ProbeResult result = probe.visit();
        return new UpstreamCheck.Contact(result.time(), result.failure());
    }

    /** Returns the accounts of these settings and of the database that have a usable token. */
    List<Account> usableAccounts(Settings settings) {
        return accounts(settings, DatabaseCheckup.of(settings.database())).usable().stream()
                .map(AccountStatus::account)
                .toList();
    }

    /** Returns the accounts that a gateway would have, by a registry that stores nothing. */
    private AccountsCheck.Accounts accounts(Settings settings, DatabaseCheckup database) {
        var health = new StoredHealth(database.health());
        var ring = new AccountRing(
                clock, System::nanoTime, SettingsMapping.cooldowns(settings), SettingsMapping.ring(settings), health);
        var registry = new AccountRegistry(ring, new ReadOnly(database.accounts()), clock);
        List<Integer> unusable = registry.start(SettingsMapping.cookies(settings), health);
        return new AccountsCheck.Accounts(ring.statuses(), unusable);
    }

    private record StoredHealth(Map<String, AccountHealth> load) implements HealthStore {

        @Override
        public void save(String user, AccountHealth health) {}

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
