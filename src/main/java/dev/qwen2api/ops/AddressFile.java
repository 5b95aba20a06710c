package dev.qwen2api.ops;

import dev.qwen2api.config.PrivateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file beside the database in which a running gateway leaves its address and port, because {@code .env} may say
 * another one by now. Without the file a probe asks where {@code .env} says, so a failure to write it stops nothing.
 */
public final class AddressFile {

    private static final Logger LOG = LoggerFactory.getLogger(AddressFile.class);
    private static final Pattern CONTENT = Pattern.compile("(\\S+) ([0-9]{1,5})\\R");

    private static final int LAST_PORT = 65_535;

    private final Path file;
    private boolean written;

    /** @param database the SQLite file */
    public AddressFile(Path database) {
        this.file = database.resolveSibling(database.getFileName() + ".address");
    }

    /**
     * Where a gateway listens.
     *
     * @param host as in {@code LISTEN_ADDRESS}
     */
    public record Address(String host, int port) {}

    public void write(Address address) {
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try (var channel = Files.newByteChannel(file, options, PrivateFile.attributes(file))) {
            String line = address.host() + " " + address.port() + "\n";
            written = true;
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException unwritable) {
            LOG.debug(
                    "[SERVER] the address file cannot be written ({})",
                    unwritable.getClass().getSimpleName());
        }
    }

    /** Where the gateway listens that wrote it last; empty if it has ended since, unless it was killed. */
    public Optional<Address> read() {
        try {
            Matcher content = CONTENT.matcher(Files.readString(file));
            return content.matches() && Integer.parseInt(content.group(2)) <= LAST_PORT
                    ? Optional.of(new Address(content.group(1), Integer.parseInt(content.group(2))))
                    : Optional.empty();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** Deletes the file if this object wrote it: another gateway's stays where this one could not start. */
    public void delete() {
        try {
            if (written) {
                Files.deleteIfExists(file);
            }
        } catch (IOException undeletable) {
            LOG.debug(
                    "[SERVER] the address file cannot be deleted ({})",
                    undeletable.getClass().getSimpleName());
        }
    }
}
