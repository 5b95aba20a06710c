package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import org.junit.jupiter.api.Test;

class BodyMemoryBudgetTest {

    private static final long MB = 1 << 20;

    private final BodyMemoryBudget room = new BodyMemoryBudget(64 * MB);

    private static ProblemKind refusal(BodyMemoryBudget.Claim claim, long bytes) {
        return assertThrows(ProblemException.class, () -> claim.reading(bytes))
                .problem()
                .kind();
    }

    @Test
    void small_bodies_need_no_room() {
        room.claim().reading(32 * 1024);
        room.claim().reading(-1);
        assertEquals(0, room.taken());
    }

    @Test
    void what_a_coding_agent_sends_is_counted() {
        room.claim().reading(300_000);
        assertEquals(4 * 10 * 32 * 1024, room.taken());
    }

    @Test
    void words_keep_what_they_took_until_the_answer_is_there() {
        var claim = room.claim();
        claim.reading(MB);
        claim.read();
        assertEquals(4 * MB, room.taken());
        claim.release();
        assertEquals(0, room.taken());
    }

    @Test
    void a_chunked_body_is_counted_as_it_comes() {
        var claim = room.claim();
        claim.reading(-1);
        claim.reading(33 * 1024);
        assertEquals(4 * 64 * 1024, room.taken());
        claim.reading(65 * 1024);
        assertEquals(4 * 96 * 1024, room.taken());
    }

    @Test
    void a_body_takes_four_times_its_length_while_it_is_read_then_what_may_be_words_of_it_then_nothing() {
        var claim = room.claim();
        claim.reading(2 * MB);
        claim.reading(10 * MB);
        claim.reading(3 * MB);
        assertEquals(40 * MB, room.taken());
        claim.read();
        assertEquals(16 * MB, room.taken());
        claim.release();
        claim.release();
        assertEquals(0, room.taken());
    }

    @Test
    void who_finds_no_room_is_told_to_come_again_and_finds_it_later() {
        var first = room.claim();
        first.reading(10 * MB);
        var second = room.claim();
        assertEquals(ProblemKind.OVERLOADED, refusal(second, 10 * MB));
        assertEquals(40 * MB, room.taken());
        first.release();
        second.reading(10 * MB);
    }

    @Test
    void what_can_never_be_held_is_too_large() {
        assertEquals(ProblemKind.REQUEST_TOO_LARGE, refusal(room.claim(), 17 * MB));
        assertEquals(0, room.taken());
    }

    @Test
    void the_values_of_a_body_are_counted_beside_its_bytes() {
        var claim = room.claim();
        claim.tree(20 * 1024);
        assertEquals(0, room.taken());
        claim.tree(MB);
        assertEquals(MB + 32 * 1024, room.taken());
        claim.read();
        claim.read();
        assertEquals((MB + 32 * 1024) / 2, room.taken());
        claim.release();
        assertEquals(0, room.taken());
    }

    @Test
    void a_tree_that_finds_no_room_comes_again_and_one_beyond_half_the_room_never() {
        var large = room.claim();
        assertEquals(
                ProblemKind.REQUEST_TOO_LARGE,
                assertThrows(ProblemException.class, () -> large.tree(33 * MB))
                        .problem()
                        .kind());
        room.claim().tree(31 * MB);
        room.claim().tree(30 * MB);
        Problem refusal = assertThrows(
                        ProblemException.class, () -> room.claim().tree(5 * MB))
                .problem();
        assertEquals(ProblemKind.OVERLOADED, refusal.kind());
        assertTrue(refusal.retryAfter().isPresent());
    }
}
