package dev.qwen2api;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.Settings;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.ops.Banner;
import dev.qwen2api.ops.Logs;
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

/** The process: its command line, its settings, its exit codes and its end. */
public final class Main {

    /** What is wrong with the command line or the settings: nothing was started, and a restart alone will not help. */
    private static final int UNUSABLE = 2;

    private static final String USAGE = """
            usage: java -jar qwen2api.jar            serve, with the settings of ./.env (or of the file that ENV_FILE names)
                   java -jar qwen2api.jar --version  print the version
                   java -jar qwen2api.jar --help     print this
            """;

    private Main() {}

    /**
     * Serves until the process is told to end; status 0 after that, 2 when the command line or the settings are wrong.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        switch (args.length == 0 ? "" : String.join(" ", args)) {
            case "" -> serve(Logs.install(), System.getenv());
            case "--version" -> System.out.println("qwen2api " + version());
            case "--help", "-h" -> System.out.print(USAGE);
            default -> {
                System.err.print("unknown: " + String.join(" ", args) + "\n" + USAGE);
                System.exit(UNUSABLE);
            }
        }
    }

    private static void serve(Logs logs, Map<String, String> environment) {
        Logger log = LoggerFactory.getLogger(Main.class);
        Path path = path(environment, log);
        var source = new Gateway.Source(path, environment, EnvFile.read(path));
        Optional<Settings> settings = settings(source, log);
        if (settings.isEmpty() || !run(settings.get(), source, logs, log)) {
            System.exit(UNUSABLE);
        }
    }

    private static Path path(Map<String, String> environment, Logger log) {
        try {
            return EnvFile.locate(environment);
        } catch (InvalidPathException unusable) {
            log.error("[CONFIG] ENV_FILE is no path: {}", unusable.getReason());
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
        Consumer<Settings> logging = now -> logs.apply(now.logs().level().name(), Parts.fileLog(now));
        logging.accept(settings);
        var gateway = new Gateway(settings, source, logging, Clock.system(ZoneId.systemDefault()));
        try {
            gateway.start();
        } catch (RuntimeException refused) {
            gateway.close();
            log.error(
                    "[SERVER] cannot listen on {}:{}: {}. Set another SERVICE_PORT or LISTEN_ADDRESS, or end what holds it",
                    settings.server().address(),
                    settings.server().port(),
                    rootMessage(refused));
            return false;
        }
        endWithTheProcess(gateway, log);
        banner(settings, gateway).forEach(line -> log.info("[SERVER] {}", line));
        return true;
    }

    /** Ends in good order on SIGTERM and SIGINT, and with status 0: being told to end is no failure. */
    private static void endWithTheProcess(Gateway gateway, Logger log) {
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

    private static List<String> banner(Settings settings, Gateway gateway) {
        Clock clock = Clock.system(ZoneId.systemDefault());
        return new Banner(
                        version(),
                        settings.server().address(),
                        gateway.port(),
                        gateway.statuses(),
                        settings.database().toString())
                .lines(clock.instant());
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** The version in the manifest of the jar; classes that run from a folder have none. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not built)" : version;
    }
}
