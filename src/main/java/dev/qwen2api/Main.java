package dev.qwen2api;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.Settings;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.ops.Banner;
import dev.qwen2api.ops.Logs;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: command line, settings, exit status and shutdown. */
public final class Main {

    /** Exit status for an unusable command line or settings, where a restart alone does not help. */
    private static final int UNUSABLE = 2;

    /** The first Java whose virtual threads release their carrier while they wait inside {@code synchronized}. */
    private static final int UNPINNED = 24;

    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

    private static final String USAGE = """
            usage: java -jar qwen2api.jar             serve, with the settings of ./.env (or of the file that ENV_FILE names)
                   java -jar qwen2api.jar doctor      check the set-up without changing it, and advise; the lines hold no
                                                      secret; status 0 when all is well, 1 with warnings, 2 with errors
                   java -jar qwen2api.jar doctor --url https://api.example.com
                                                      also check that streams pass through that address
                   java -jar qwen2api.jar health      check that the gateway on this machine is alive; status 0 or 1
                   java -jar qwen2api.jar --version   print the version
                   java -jar qwen2api.jar --help      print this
            """;

    private Main() {}

    /**
     * Serves until SIGTERM or SIGINT. Exits with 0 after that, with 2 for a wrong command line or settings; the doctor exits with the
     * status of its worst finding.
     */
    public static void main(String[] args) {
        List<String> words = List.of(args);
        Map<String, String> environment = System.getenv();
        if (words.isEmpty()) {
            serve(Logs.install(), environment);
            return;
        }
        Optional<String> url = Optional.of(words).filter(Main::namesUrl).map(all -> all.get(2));
        if (words.equals(List.of("--version"))) {
            System.out.println("qwen2api " + Telemetry.version());
        } else if (words.equals(List.of("--help")) || words.equals(List.of("-h"))) {
            System.out.print(USAGE);
        } else if (words.equals(List.of("doctor")) || url.isPresent()) {
            System.exit(diagnosis().run(path(environment), environment, url));
        } else if (words.equals(List.of("health"))) {
            System.exit(diagnosis().health(path(environment), environment));
        } else {
            System.err.print("unknown: " + String.join(" ", words) + "\n" + USAGE);
            System.exit(UNUSABLE);
        }
    }

    private static DoctorWiring diagnosis() {
        Logs.mute();
        return new DoctorWiring(Clock.system(ZoneId.systemDefault()), System.out::println);
    }

    private static boolean namesUrl(List<String> words) {
        return words.size() == 3
                && words.get(0).equals("doctor")
                && words.get(1).equals("--url");
    }

    private static void serve(Logs logs, Map<String, String> environment) {
        limitCarrierThreads();
        Logger log = LoggerFactory.getLogger(Main.class);
        Path path = path(environment);
        var source = new Gateway.Source(path, environment, EnvFile.read(path));
        Optional<Settings> settings = settings(source, log);
        settings.ifPresent(
                now -> DoctorWiring.exposure(now, path).forEach(warning -> log.warn("[CONFIG] {}", warning)));
        if (settings.isEmpty() || !run(settings.get(), source, logs, log)) {
            System.exit(UNUSABLE);
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
        Map<String, String> file = Map.of();
        if (source.reading() instanceof EnvFile.Parsed parsed) {
            parsed.warnings().forEach(warning -> log.warn("[CONFIG] {}: {}", source.file(), warning));
            file = parsed.values();
        } else if (source.reading() instanceof EnvFile.Unusable unusable) {
            boolean nothing = switch (unusable.reason()) {
                case MISSING, EMPTY -> true;
                case DIRECTORY, UNREADABLE, TOO_LARGE, NOT_UTF8, MALFORMED -> false;
            };
            log.warn("[CONFIG] {} {}", source.file(), unusable.message());
            if (!nothing) {
                return Optional.empty();
            }
        }
        SettingsParser.Outcome outcome = SettingsParser.parse(file, source.environment());
        if (outcome instanceof SettingsParser.Accepted accepted) {
            accepted.warnings().forEach(warning -> log.warn("[CONFIG] {}", warning));
            return Optional.of(accepted.settings());
        }
        ((SettingsParser.Rejected) outcome).problems().forEach(problem -> log.error("[CONFIG] {}", problem));
        return Optional.empty();
    }

    private static boolean run(Settings settings, Gateway.Source source, Logs logs, Logger log) {
        Consumer<Settings> logging = now -> logs.apply(now.logs());
        try {
            logging.accept(settings);
        } catch (UncheckedIOException unopened) {
            log.error(
                    "[LOG] the log file cannot be opened: {}. Correct LOG_DIR or its permissions, or set ENABLE_FILE_LOG to false",
                    rootMessage(unopened));
            return false;
        }
        var gateway = new Gateway(settings, source, logging, Clock.system(ZoneId.systemDefault()));
        try {
            gateway.start();
        } catch (RuntimeException refused) {
            gateway.close();
            log.error(
                    "[SERVER] cannot listen on {}:{}: {}. Set another SERVICE_PORT or LISTEN_ADDRESS, or stop the program that uses it",
                    settings.server().address(),
                    settings.server().port(),
                    rootMessage(refused));
            return false;
        }
        closeOnShutdown(gateway, log);
        banner(settings, gateway, source).forEach(line -> log.info("[SERVER] {}", line));
        return true;
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
                                .filter(from -> from.reading() instanceof EnvFile.Parsed parsed
                                        && parsed.values().containsKey("API_KEY"))
                                .map(from -> from.file().toAbsolutePath().normalize())))
                .lines(clock.instant());
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /**
     * Leaves half of the processors to the threads that move bytes: with a carrier for each of two processors they wake each other for
     * every chunk of every stream, at 1.5 times the CPU. Called before the first virtual thread; a value on the command line stays.
     */
    private static void limitCarrierThreads() {
        if (Runtime.version().feature() >= UNPINNED && System.getProperty(PARALLELISM) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(PARALLELISM, Integer.toString(Math.max(1, processors / 2)));
        }
    }
}
