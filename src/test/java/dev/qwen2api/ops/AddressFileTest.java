package dev.qwen2api.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.ops.AddressFile.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_gateway_that_could_not_start_leaves_the_address_of_the_one_that_runs() {
        var running = new AddressFile(folder.resolve("a.db"));
        running.write(new Address("127.0.0.1", 3000));
        var second = new AddressFile(folder.resolve("a.db"));
        second.delete();
        assertEquals(Optional.of(new Address("127.0.0.1", 3000)), second.read());
        running.delete();
        assertEquals(Optional.empty(), second.read());
    }

    @Test
    void what_is_no_address_is_passed_over() throws IOException {
        for (String content : new String[] {"", "127.0.0.1", "127.0.0.1 99999\n", "127.0.0.1 3000 x\n"}) {
            Files.writeString(folder.resolve("a.db.address"), content);
            assertEquals(Optional.empty(), new AddressFile(folder.resolve("a.db")).read(), content);
        }
    }
}
