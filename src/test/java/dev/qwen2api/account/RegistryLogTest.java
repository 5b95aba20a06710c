package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.qwen2api.account.AccountSet.Kept;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the log says of a database that cannot be read. */
@Timeout(30)
@ResourceLock(Resources.SYSTEM_ERR)
class RegistryLogTest {

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void start() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setErr(before);
    }

    private static final class Unreadable implements AccountStore {
        @Override
        public AccountSet load() throws NotReadException {
            throw new NotReadException("the disk is slow", new IllegalStateException());
        }

        @Override
        public void replaceAll(AccountSet accountSet) {}

        @Override
        public void renewed(Kept account) {}

        @Override
        public void renewedSoon(Kept account) {}
    }

    @Test
    void accounts_that_cannot_be_read_are_reported_once_however_often_they_are_looked_for() {
        var ring = new TestRing(0);
        var registry = new AccountRegistry(ring.ring, new Unreadable(), ring.clock);
        registry.start(List.of(), ring.health);

        for (int i = 0; i < 3; i++) {
            assertFalse(registry.catchUp());
        }

        long lines = log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("the disk is slow"))
                .count();
        assertEquals(1, lines);
    }
}
