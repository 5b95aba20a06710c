package dev.qwen2api.ops.setup;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Creates {@code .env} from a cookie, which it reads from a terminal or a text, and a new key. */
public final class Setup {

    private static final int TRIES = 3;
    private static final int KEY_BITS = 200;
    private static final String EXPLANATION = """
            This takes one cookie of a Qwen account, which the gateway replays as your browser would:
              1. Sign in at https://chat.qwen.ai with a browser, and press F12.
              2. Open "Network", reload the page, choose any request to chat.qwen.ai.
              3. Under "Request Headers", copy the whole value of "Cookie".
            Paste it here and press Enter. It stays invisible; an empty line ends without writing anything.
            """;

    private final Path file;
    private final EnvFileWriter writer;
    private final Mode mode;
    private final Clock clock;
    private final Consumer<String> out;

    /** What happens to a file that exists. */
    public enum Mode {
        KEEP,
        REPLACE
    }

    /**
     * @param file {@code .env}
     * @param out receives the lines
     */
    public Setup(Path file, Mode mode, Clock clock, Consumer<String> out) {
        this.file = file;
        this.writer = new EnvFileWriter(file);
        this.mode = mode;
        this.clock = clock;
        this.out = out;
    }

    /** Asks for the cookie in the terminal, up to three times; true when the file was written. */
    public boolean ask(Terminal terminal) {
        if (isRefused()) {
            return false;
        }
        EXPLANATION.lines().forEach(out);
        try {
            for (int i = 0; i < TRIES; i++) {
                Optional<String> pasted = terminal.readSecret("Cookie: ").filter(text -> !text.isBlank());
                if (pasted.isEmpty()) {
                    break;
                }
                try {
                    Optional<String> key = write(PastedCookie.read(pasted.get(), clock.instant()));
                    key.ifPresent(made -> out.accept("Your API key, for clients and the dashboard: " + made));
                    return key.isPresent();
                } catch (PastedCookie.RefusedException refused) {
                    out.accept("Not taken: " + refused.getMessage() + ".");
                }
            }
        } catch (IOException broken) {
            out.accept("The cookie cannot be read here (" + broken.getMessage() + "); put it into a file and run"
                    + " qwen2api init --cookie-file FILE");
        }
        out.accept("Nothing was written.");
        return false;
    }

    /**
     * Takes the cookie from a text; true when the file was written. The key is not printed: the output may be a log.
     */
    public boolean take(String text) {
        if (isRefused()) {
            return false;
        }
        try {
            boolean written = write(PastedCookie.read(text, clock.instant())).isPresent();
            if (written) {
                out.accept("The key for clients and the dashboard is API_KEY in that file.");
            }
            return written;
        } catch (PastedCookie.RefusedException refused) {
            out.accept("Not taken: " + refused.getMessage() + ". Nothing was written.");
            return false;
        }
    }

    private boolean isRefused() {
        boolean refused = mode == Mode.KEEP && writer.exists();
        if (refused) {
            out.accept(file + " exists and stays as it is; with --force a new one takes its place and a copy is kept");
        }
        return refused;
    }

    /** The key that was written with the cookies; empty where nothing was. */
    private Optional<String> write(String cookies) {
        String key = "sk-" + new BigInteger(KEY_BITS, new SecureRandom()).toString(Character.MAX_RADIX);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("API_KEY", key);
        settings.put("QWEN_COOKIES", cookies);
        try {
            Optional<Path> copy = Optional.empty();
            if (mode == Mode.KEEP) {
                writer.create(settings);
            } else {
                copy = writer.replace(settings);
            }
            out.accept("Wrote " + file.toAbsolutePath().normalize() + ", which only you can read.");
            copy.ifPresent(old -> out.accept("The former file is kept as " + old.getFileName() + "."));
            return Optional.of(key);
        } catch (FileAlreadyExistsException meanwhile) {
            out.accept(file + " exists by now and stays as it is");
        } catch (FileSystemException broken) {
            String why = broken.getClass().getSimpleName();
            out.accept(file + " cannot be written (" + why + "); check the rights of its folder");
        } catch (IOException broken) {
            out.accept(file + " cannot be written: " + broken.getMessage());
        }
        return Optional.empty();
    }
}
