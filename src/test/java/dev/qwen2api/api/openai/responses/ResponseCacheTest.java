package dev.qwen2api.api.openai.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResponseCacheTest {

    private final ResponseCache cache = new ResponseCache(new ResponseCache.Capacity(3, 1000));
    private final ResponseCache.OwnedResponses ada = cache.ownedBy("ada");
    private final ResponseCache.OwnedResponses bob = cache.ownedBy("bob");

    private static StoredResponse response(String id, int weight) {
        return new StoredResponse(id, "x".repeat(weight), List.of());
    }

    private String held() {
        return String.join(
                "",
                Stream.of("a", "b", "c", "d", "e")
                        .filter(id -> ada.find(id).isPresent())
                        .toList());
    }

    @Test
    void a_response_is_found_by_the_key_that_made_it_and_by_no_other() {
        ada.put(response("a", 100));
        assertEquals("a", held());
        assertTrue(bob.find("a").isEmpty());
        assertFalse(bob.remove("a"));
        assertTrue(ada.remove("a"));
        assertFalse(ada.remove("a"));
        assertEquals("", held());
    }

    @Test
    void the_one_that_nobody_looked_for_the_longest_goes_first() {
        Stream.of("a", "b", "c").forEach(id -> ada.put(response(id, 100)));
        ada.find("a");
        ada.put(response("d", 100));
        assertEquals("acd", held());
    }

    @Test
    void no_more_characters_are_held_than_there_is_room_for() {
        var wide = new ResponseCache(new ResponseCache.Capacity(100, 1000)).ownedBy("ada");
        for (int i = 0; i < 20; i++) {
            wide.put(response("r" + i, 240));
        }
        assertTrue(wide.find("r15").isEmpty());
        assertTrue(wide.find("r16").isPresent());
    }

    @Test
    void a_response_that_would_drive_out_many_is_not_held() {
        ada.put(response("a", 100));
        ada.put(response("b", 251));
        assertEquals("a", held());
    }

    @Test
    void a_flood_of_one_key_pushes_out_nothing_of_another() {
        ada.put(response("a", 100));
        for (int i = 0; i < 100; i++) {
            bob.put(response("r" + i, i % 2 == 0 ? 20 : 240));
        }
        assertEquals("a", held());
        assertTrue(bob.find("r99").isPresent());
    }

    @Test
    void what_is_removed_or_replaced_makes_room() {
        for (int i = 0; i < 50; i++) {
            ada.put(response("a", 250));
            ada.put(response("a", 250));
            assertTrue(ada.remove("a"));
        }
        Stream.of("a", "b", "c").forEach(id -> ada.put(response(id, 250)));
        assertEquals("abc", held());
    }

    @Test
    void an_owner_tells_nothing_of_its_key() {
        assertFalse(ada.toString().contains("ada"));
    }

    @Test
    void pictures_weigh_what_they_take_in_memory() {
        var picture = Media.of(Media.MediaType.IMAGE, "x".repeat(500), "", "input");
        var message = new Message(Role.USER, List.of(picture), List.of(), "");
        assertEquals(502 + 2 * 64, new StoredResponse("a", "{}", List.of(message)).weight());
    }

    @Test
    void a_conversation_of_a_hundred_thousand_empty_messages_is_too_heavy() {
        var large = new ResponseCache(new ResponseCache.Capacity(500, 8_000_000)).ownedBy("ada");
        large.put(new StoredResponse("a", "{}", Collections.nCopies(100_000, Message.of(Role.USER, ""))));
        assertTrue(large.find("a").isEmpty());
    }
}
