package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CallIdsTest {

    @Test
    void an_id_has_the_form_that_clients_know_and_comes_once() {
        Supplier<String> ids = ToolCallParser.callIds(new Random(1));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String id = ids.get();
            assertTrue(id.matches("call_[A-Za-z0-9]{24}"), id);
            seen.add(id);
        }
        assertEquals(1000, seen.size());
    }

    @Test
    void the_same_chance_gives_the_same_ids() {
        assertEquals(
                ToolCallParser.callIds(new Random(5)).get(),
                ToolCallParser.callIds(new Random(5)).get());
    }
}
