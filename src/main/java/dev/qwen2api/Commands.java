package dev.qwen2api;

import dev.qwen2api.account.Account;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.ServerLocation;
import dev.qwen2api.config.Settings;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.ops.CommandLine;
import dev.qwen2api.ops.doctor.Doctor;
import dev.qwen2api.ops.setup.Setup;
import dev.qwen2api.ops.setup.Terminal;
import dev.qwen2api.store.DatabaseCopy;
import dev.qwen2api.upstream.qwen.CaptureProbe;
import dev.qwen2api.upstream.qwen.QwenClient;
import dev.qwen2api.upstream.qwen.capture.Scrubber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** The commands {@code init}, {@code capture}, {@code backup} and {@code restore}. */
final class Commands {

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int UNUSABLE = 2;
    private static final int MOST_BYTES = 1 << 20;

    private static final CommandLine.Syntax NOTHING = new CommandLine.Syntax(Set.of(), Set.of(), 0);
    private static final Map<String, CommandLine.Syntax> SYNTAX = Map.of(
            "init", new CommandLine.Syntax(Set.of("--force"), Set.of("--cookie-file"), 0),
            "capture", new CommandLine.Syntax(Set.of("--yes"), Set.of("--account", "--out"), 0),
            "backup", new CommandLine.Syntax(Set.of(), Set.of(), 1),
            "restore", new CommandLine.Syntax(Set.of(), Set.of(), 1));

    private final Path file;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Consumer<String> out;

    /**
     * @param file {@code .env}
     * @param out receives the lines
     */
    Commands(Path file, Map<String, String> environment, Clock clock, Consumer<String> out) {
        this.file = file;
        this.environment = environment;
        this.clock = clock;
        this.out = out;
    }

    static boolean knows(List<String> words) {
        return !words.isEmpty() && SYNTAX.containsKey(words.get(0));
    }

    /**
     * Creates {@code .env} before the first start, if there is none and the process has a terminal.
     *
     * @return false if the owner entered no usable cookie
     */
    boolean firstStart() {
        boolean configured =
                Files.exists(file) || !environment.getOrDefault("API_KEY", "").isBlank();
        Optional<Terminal> terminal = configured ? Optional.empty() : Terminal.find();
        if (terminal.isEmpty()) {
            return true;
        }
        out.accept("There is no " + file + " yet, so this is the first start.");
        return setup(Setup.Mode.KEEP).ask(terminal.get());
    }

    /**
     * Runs the command.
     *
     * @return the exit status; empty if the words do not match the syntax of the command
     */
    OptionalInt run(List<String> words) {
        Optional<CommandLine> line =
                CommandLine.parse(words.subList(1, words.size()), SYNTAX.getOrDefault(words.get(0), NOTHING));
        try {
            return line.isEmpty() ? OptionalInt.empty() : OptionalInt.of(run(words.get(0), line.get()));
        } catch (InvalidPathException unusable) {
            return OptionalInt.empty();
        }
    }

    private int run(String command, CommandLine line) {
        return switch (command) {
            case "init" -> init(line);
            case "capture" -> capture(line);
            case "backup" -> backUp(Path.of(line.operands().get(0)));
            default -> restore(Path.of(line.operands().get(0)));
        };
    }

    private Setup setup(Setup.Mode mode) {
        return new Setup(file, mode, clock, out);
    }

    private int init(CommandLine line) {
        Setup setup = setup(line.has("--force") ? Setup.Mode.REPLACE : Setup.Mode.KEEP);
        Optional<Terminal> terminal = line.value("--cookie-file").isPresent() ? Optional.empty() : Terminal.find();
        if (terminal.isPresent()) {
            return setup.ask(terminal.get()) ? DONE : FAILED;
        }
        if (System.getProperty("os.name").startsWith("Windows")
                && line.value("--cookie-file").isEmpty()) {
            out.accept("put the cookie into a file and run qwen2api init --cookie-file FILE (- is standard input)");
            return FAILED;
        }
        Optional<String> source = line.value("--cookie-file").filter(name -> !name.equals("-"));
        try (InputStream in = source.isPresent() ? Files.newInputStream(Path.of(source.get())) : System.in) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            return setup.take(new String(bytes, StandardCharsets.UTF_8)) ? DONE : FAILED;
        } catch (IOException unreadable) {
            out.accept("the cookie cannot be read (" + unreadable.getClass().getSimpleName() + ")");
            return FAILED;
        }
    }

    private int capture(CommandLine line) {
        Optional<Settings> settings = settings();
        if (settings.isEmpty()) {
            return UNUSABLE;
        }
        Optional<Account> account =
                account(settings.get(), line.value("--account").orElse(""));
        if (account.isEmpty()) {
            out.accept("there is no such account in " + file + "; check it with qwen2api doctor");
            return FAILED;
        }
        var client = new QwenClient(settings.get().upstream(), clock, (owner, cookies) -> {});
        var recording = new CaptureProbe(client, clock).record(account.get());
        String text = "# Qwen2API " + Telemetry.version() + " capture, " + LocalDate.now(clock) + ", placeholders"
                + " have the same length\n\n" + new Scrubber(secrets(settings.get(), account.get())).print(recording);
        text.lines().forEach(out);
        return keep(text, line);
    }

    private int keep(String text, CommandLine line) {
        Path target = Path.of(
                line.value("--out").orElse("qwen2api-capture-" + clock.instant().getEpochSecond() + ".txt"));
        try {
            Optional<Terminal> terminal = line.has("--yes") ? Optional.empty() : Terminal.find();
            if (!line.has("--yes") && terminal.isEmpty()) {
                out.accept("Not kept: no terminal for the question. Run it again with --yes.");
                return FAILED;
            }
            if (terminal.isPresent() && !terminal.get().confirm("Keep this in " + target + "?")) {
                out.accept("Not kept.");
                return FAILED;
            }
            Files.writeString(target, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            out.accept("Kept in " + target + ". Attach it to a bug report.");
            return DONE;
        } catch (IOException broken) {
            out.accept(target + " cannot be written (" + broken.getClass().getSimpleName() + ")");
            return FAILED;
        }
    }

    private Optional<Account> account(Settings settings, String wanted) {
        return new DoctorWiring(clock, out, Doctor.Format.LINES)
                .usableAccounts(settings).stream()
                        .filter(account -> wanted.isEmpty()
                                || account.id().toString().equals(wanted)
                                || account.id().toString().equals("account_" + wanted))
                        .findFirst();
    }

    private static List<String> secrets(Settings settings, Account account) {
        var secrets = new ArrayList<String>();
        for (String pair : account.credential().cookieHeader().split("; ")) {
            secrets.add(pair.substring(pair.indexOf('=') + 1));
        }
        secrets.addAll(List.of(account.credential().token().split("\\.")));
        account.credential().userId().ifPresent(secrets::add);
        settings.keys().api().forEach(key -> secrets.add(key.reveal()));
        settings.upstream().headers().extra().values().forEach(value -> secrets.add(value.reveal()));
        return secrets;
    }

    private int backUp(Path target) {
        return copying(copy -> {
            copy.backUp(target);
            out.accept("Wrote " + target + ". It holds your sessions: keep it to yourself.");
        });
    }

    private int restore(Path backup) {
        if (settings().isEmpty()) {
            return UNUSABLE;
        }
        if (DoctorWiring.gatewayAnswers(ServerLocation.read(file, environment))) {
            out.accept("Nothing was changed: a gateway with these settings is running; stop it first");
            return FAILED;
        }
        return copying(copy -> {
            Optional<Path> kept = copy.restore(backup);
            out.accept("Restored " + backup + ".");
            kept.ifPresent(former -> out.accept("The former database is kept as " + former + "."));
        });
    }

    @FunctionalInterface
    private interface Copying {
        void run(DatabaseCopy copy) throws DatabaseCopy.RefusedException;
    }

    private int copying(Copying work) {
        Optional<Settings> settings = settings();
        if (settings.isEmpty()) {
            return UNUSABLE;
        }
        try {
            work.run(new DatabaseCopy(settings.get().database(), clock));
            return DONE;
        } catch (DatabaseCopy.RefusedException refused) {
            out.accept("Nothing was changed: " + refused.getMessage());
            return FAILED;
        }
    }

    /** Returns the settings that a gateway would have, or prints what is wrong with them. */
    private Optional<Settings> settings() {
        SettingsParser.Outcome outcome = SettingsParser.parse(EnvFile.read(file), environment);
        if (outcome instanceof SettingsParser.Accepted accepted) {
            return Optional.of(accepted.settings());
        }
        ((SettingsParser.Rejected) outcome).problems().forEach(out);
        return Optional.empty();
    }
}
