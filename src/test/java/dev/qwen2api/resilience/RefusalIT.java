package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.fakeqwen.WireFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever an upstream says instead of an answer, and whenever it falls silent: one clear error, and no success without
 * an answer.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RefusalIT {

    private JarUnderTest jarUnderTest;

    @BeforeAll
    void begin(@TempDir Path folder) throws Exception {
        jarUnderTest =
                new JarUnderTest(folder, 1, Map.of("FIRST_BYTE_TIMEOUT_SECONDS", "1", "IDLE_TIMEOUT_SECONDS", "1"));
    }

    @AfterAll
    void end() {
        jarUnderTest.close();
    }

    @AfterEach
    void heal() throws Exception {
        jarUnderTest.heal();
        jarUnderTest.assertServes();
    }

    /** What an upstream does before the first word, and what the client is told. */
    enum Before {
        SILENT(WireFaults::silentBeforeHeaders, 504, "upstream_timeout"),
        SILENT_AFTER_HEAD(StreamFaults::silentAfterHeaders, 504, "upstream_timeout"),
        KEEP_ALIVES_FOR_EVER(() -> StreamFaults.keepAlivesForever(Duration.ofMillis(100)), 504, "upstream_timeout"),
        ERROR_JSON(() -> Refusals.refusal(200, "Bad_Request", "no"), 502, "upstream_error"),
        EXPIRED(Refusals::expired, 503, "session_expired"),
        PAGE(Refusals::wafHtml, 503, "verification_required"),
        EMPTY_BODY(Refusals::emptyJsonBody, 502, "upstream_error"),
        EMPTY_STREAM(StreamFaults::emptyStream, 502, "upstream_error"),
        WRONG_TYPE(() -> WireFaults.wrongContentType("text/plain"), 502, "upstream_error"),
        GZIP(WireFaults::gzipUnasked, 502, "upstream_error"),
        RESET(WireFaults::resetBeforeFirstByte, 502, "upstream_error");

        final Supplier<Fault> fault;
        final int status;
        final String code;

        Before(Supplier<Fault> fault, int status, String code) {
            this.fault = fault;
            this.status = status;
            this.code = code;
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_answer_is_never_a_success(Before what) throws Exception {
        jarUnderTest.fake.faults().add(what.fault.get());
        for (boolean stream : new boolean[] {true, false}) {
            World.Reply reply = jarUnderTest.chat("hello", stream);
            assertEquals(what.status, reply.status, reply.toString());
            assertEquals(what.code, reply.errorCode(), reply.toString());
            jarUnderTest.fake.faults().clear();
            jarUnderTest.heal();
            jarUnderTest.fake.faults().add(what.fault.get());
        }
    }

    /** How an answer breaks off. */
    enum During {
        STALL(() -> StreamFaults.stallAfterText(2)),
        RESET(() -> StreamFaults.resetAfterText(2)),
        END_WITHOUT_FINISH(() -> StreamFaults.cleanEndWithoutFinished(2)),
        ERROR_FRAME(() -> StreamFaults.errorFrameAfterText(2, "internal_error"));

        final Supplier<Fault> fault;

        During(Supplier<Fault> fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource
    void half_an_answer_is_never_a_success(During what) throws Exception {
        jarUnderTest.fake.faults().add(what.fault.get());
        World.Reply stream = jarUnderTest.chat("echo: a b c d e f g h", true);
        assertEquals(200, stream.status, stream.toString());
        assertFalse(stream.text().isEmpty(), "what had come was sent");
        assertFalse(stream.isDone(), stream.toString());
        assertFalse(stream.errorCode().isEmpty(), stream.toString());
        jarUnderTest.heal();
        jarUnderTest.fake.faults().add(what.fault.get());
        World.Reply whole = jarUnderTest.chat("echo: a b c d e f g h", false);
        assertTrue(whole.status >= 500, whole.toString());
    }
}
