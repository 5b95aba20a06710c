package dev.qwen2api;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.Settings;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.config.UnusableSettingException;
import dev.qwen2api.ops.Banner;
import dev.qwen2api.ops.CommandLine;
import dev.qwen2api.ops.Logs;
import dev.qwen2api.ops.doctor.Doctor;
import dev.qwen2api.ops.doctor.PortCheck;
import java.net.BindException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: command line, settings, exit status and shutdown. */
public final class Main {

    /** Exit status for an unusable command line or settings, where a restart alone does not help. */
    private static final int UNUSABLE = 2;

    /** Exit status where a later start may succeed as it is: the unit for systemd tries again after it, not after 2. */
    private static final int NOT_YET = 1;

    /** The first Java whose virtual threads release their carrier while they wait inside {@code synchronized}. */
    private static final int UNPINNED = 24;

    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

    private static final String USAGE = """
            usage: qwen2api [COMMAND]          or java -jar qwen2api.jar [COMMAND]

              (no command)      serve, with the settings of ./.env (or of the file that ENV_FILE names);
                                without that file, in a terminal, make it first
              init              read a cookie, make a key, and write .env; in a terminal, or from standard input
                --cookie-file FILE  read the cookie from a file (never give a cookie as an argument: others can see it)
                --force             replace an existing .env, of which a copy is kept
              doctor            check the set-up without changing it, and advise; the lines hold no secret;
                                status 0 when all is well, 1 with warnings, 2 with errors
                --url https://api.example.com  also check that streams pass through that address
                --json              print one JSON object
              health            check that the gateway on this machine is alive; status 0 or 1
              capture           send one small message with an account of .env, and write a recording without secrets
                                for a bug report; it is shown first
                --account N         with the account of this number
                --out FILE          into this file
                --yes               keep it without asking
              backup FILE       write a copy of the database; the gateway may run
              restore FILE      put a copy in the place of the database; the gateway must not run
              --version         print the version
              --help            print this
            """;

    private static final CommandLine.Syntax DOCTOR = new CommandLine.Syntax(Set.of("--json"), Set.of("--url"), 0);

    private Main() {}

    /**
     * Serves until SIGTERM or SIGINT. Exits with 0 after that, with 2 for a wrong command line or settings or a port
     * that is taken, with 1 if this machine does not have the address yet; the doctor exits with the status of its
     * worst finding.
     */
    public static void main(String[] args) {
        List<String> words = List.of(args);
        Map<String, String> environment = System.getenv();
        if (words.isEmpty()) {
            if (!commands(environment).firstStart()) {
                System.exit(UNUSABLE);
            }
            serve(Logs.install(), environment);
            return;
        }
        Optional<CommandLine> doctor = words.get(0).equals("doctor")
                ? CommandLine.parse(words.subList(1, words.size()), DOCTOR)
                : Optional.empty();
        if (words.equals(List.of("--version"))) {
            System.out.println("qwen2api " + Telemetry.version());
        } else if (asksForHelp(words)) {
            System.out.print(USAGE);
        } else if (doctor.isPresent()) {
            DoctorWiring wiring = diagnosis(doctor.get().has("--json") ? Doctor.Format.JSON : Doctor.Format.LINES);
            System.exit(wiring.run(path(environment), environment, doctor.get().value("--url")));
        } else if (words.equals(List.of("health"))) {
            System.exit(diagnosis(Doctor.Format.LINES).health(path(environment), environment));
        } else if (Commands.knows(words)) {
            Logs.mute();
            System.exit(commands(environment).run(words).orElseGet(() -> misused(words.get(0))));
        } else {
            System.exit(misused(String.join(" ", words)));
        }
    }

    /** What stands behind a known command is not repeated: it may be a cookie. */
    private static int misused(String what) {
        System.err.print("unknown: " + what + "\n" + USAGE);
        return UNUSABLE;
    }

    private static boolean asksForHelp(List<String> words) {
        boolean known = Commands.knows(words) || words.get(0).matches("doctor|health");
        String last = words.get(words.size() - 1);
        return (words.size() == 1 || known) && last.matches("--help|-h");
    }

    private static Commands commands(Map<String, String> environment) {
        return new Commands(path(environment), environment, Clock.system(ZoneId.systemDefault()), System.out::println);
    }

    private static DoctorWiring diagnosis(Doctor.Format format) {
        Logs.mute();
        return new DoctorWiring(Clock.system(ZoneId.systemDefault()), System.out::println, format);
    }

    private static void serve(Logs logs, Map<String, String> environment) {
        limitCarrierThreads();
        Logger log = LoggerFactory.getLogger(Main.class);
        Path path = path(environment);
        var source = new Gateway.Source(path, environment, EnvFile.read(path));
        Optional<Settings> settings = settings(source, log);
        settings.ifPresent(
                now -> DoctorWiring.exposure(now, path).forEach(warning -> log.warn("[CONFIG] {}", warning)));
        int status = settings.map(now -> run(now, source, logs, log)).orElse(UNUSABLE);
        if (status != 0) {
            System.exit(status);
        }
    }

    private static Path path(Map<String, String> environment) {
        try {
            return EnvFile.locate(environment);
        } catch (InvalidPathException unusable) {
            System.err.println("ENV_FILE is no path: " + unusable.getReason());
            System.exit(UNUSABLE);
            throw unusable;
        }
    }

    private static Optional<Settings> settings(Gateway.Source source, Logger log) {
        String absent = "";
        if (source.reading() instanceof EnvFile.Parsed parsed) {
            parsed.warnings().forEach(warning -> log.warn("[CONFIG] {}: {}", source.file(), warning));
        } else if (source.reading() instanceof EnvFile.Unusable unusable) {
            absent = source.file() + " " + unusable.message();
            if (unusable.isBroken()) {
                log.warn("[CONFIG] {}", absent);
                return Optional.empty();
            }
        }
        SettingsParser.Outcome outcome = SettingsParser.parse(source.reading().values(), source.environment());
        if (outcome instanceof SettingsParser.Accepted accepted) {
            if (!absent.isEmpty()) {
                log.warn("[CONFIG] {}", absent);
            }
            accepted.warnings().forEach(warning -> log.warn("[CONFIG] {}", warning));
            return Optional.of(accepted.settings());
        }
        List<String> problems = ((SettingsParser.Rejected) outcome).problems();
        if (absent.isEmpty()) {
            problems.forEach(problem -> log.error("[CONFIG] {}", problem));
        } else {
            log.error("[CONFIG] {}. {}", absent, String.join("; ", problems));
        }
        return Optional.empty();
    }

    /** Returns 0 if it serves, else the exit status. */
    private static int run(Settings settings, Gateway.Source source, Logs logs, Logger log) {
        Consumer<Settings> logging = now -> logs.apply(now.logs());
        try {
            logging.accept(settings);
        } catch (UnusableSettingException unopened) {
            log.error("[LOG] {}", unopened.getMessage());
            return UNUSABLE;
        }
        var gateway = new Gateway(settings, source, logging, Clock.system(ZoneId.systemDefault()));
        try {
            gateway.start();
        } catch (RuntimeException refused) {
            gateway.close();
            return notStarted(settings.server(), refused, log);
        }
        closeOnShutdown(gateway, log);
        banner(settings, gateway, source).forEach(line -> log.info("[SERVER] {}", line));
        return 0;
    }

    /** Logs why the gateway did not start, and returns the exit status. */
    private static int notStarted(Settings.Server server, RuntimeException refused, Logger log) {
        Throwable root = root(refused);
        if (!(root instanceof SocketException || root instanceof UnresolvedAddressException)) {
            log.error("[SERVER] cannot start: {}", rootMessage(refused));
            return UNUSABLE;
        }
        boolean absent = root instanceof BindException && !new PortCheck(server.address(), server.port()).hasAddress();
        log.error(
                "[SERVER] cannot listen on {}:{}: {}. {}",
                server.address(),
                server.port(),
                rootMessage(refused),
                absent
                        ? "This machine does not have that address, or not yet: set another LISTEN_ADDRESS, or start"
                                + " its network first"
                        : "Set another SERVICE_PORT or LISTEN_ADDRESS, or stop the program that uses it");
        return absent ? NOT_YET : UNUSABLE;
    }

    /** Shuts down on SIGTERM and SIGINT, with exit status 0. */
    private static void closeOnShutdown(Gateway gateway, Logger log) {
        var end = new Thread(
                () -> {
                    log.info("[SERVER] stopping: running answers may finish");
                    gateway.close();
                    log.info("[SERVER] stopped");
                    Runtime.getRuntime().halt(0);
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(end);
    }

    private static List<String> banner(Settings settings, Gateway gateway, Gateway.Source source) {
        Clock clock = Clock.system(ZoneId.systemDefault());
        return new Banner(
                        Telemetry.version(),
                        settings.server().address(),
                        gateway.port(),
                        gateway.statuses(),
                        settings.database().toString(),
                        Banner.keyCommand(Optional.of(source)
                                .filter(from -> from.reading().values().containsKey("API_KEY"))
                                .map(from -> from.file().toAbsolutePath().normalize())))
                .lines(clock.instant());
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = root(thrown);
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /**
     * Leaves half of the processors to the threads that move bytes: with a carrier for each of two processors they
     * wake each other for every chunk of every stream, at 1.5 times the CPU. Called before the first virtual thread; a
     * value on the command line stays.
     */
    private static void limitCarrierThreads() {
        if (Runtime.version().feature() >= UNPINNED && System.getProperty(PARALLELISM) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(PARALLELISM, Integer.toString(Math.max(1, processors / 2)));
        }
    }
}
