package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.qwen2api.http.server.Routes.RouteAccess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each key opens. */
class KeySetTest {

    private static final KeySet ALONE = KeySet.of(List.of("one", "two", ""));
    private static final KeySet WITH_ADMIN = ALONE.withAdmin("boss");

    @ParameterizedTest
    @CsvSource({
        "one,  MANAGER, CLIENT",
        "two,  MANAGER, CLIENT",
        "boss, NONE,    ADMIN",
        "ONE,  NONE,    NONE",
        "on,   NONE,    NONE",
        "'',   NONE,    NONE",
    })
    void a_key_entitles_to(String key, KeySet.Grant alone, KeySet.Grant withAdmin) {
        assertEquals(alone, ALONE.grant(key));
        assertEquals(withAdmin, WITH_ADMIN.grant(key));
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, true, false, false",
        "CLIENT, true, true, false",
        "MANAGER, true, true, true",
        "ADMIN, true, true, true"
    })
    void a_grant_opens(KeySet.Grant grant, boolean open, boolean client, boolean admin) {
        assertEquals(open, grant.allows(RouteAccess.OPEN));
        assertEquals(client, grant.allows(RouteAccess.CLIENT));
        assertEquals(admin, grant.allows(RouteAccess.ADMIN));
    }

    @Test
    void a_key_that_is_both_is_the_administrators() {
        assertEquals(
                KeySet.Grant.ADMIN, KeySet.of(List.of("one")).withAdmin("one").grant("one"));
    }

    @Test
    void a_blank_admin_key_is_none() {
        assertEquals(KeySet.Grant.MANAGER, ALONE.withAdmin(" ").grant("one"));
    }

    @Test
    void its_text_shows_no_key() {
        assertEquals("KeySet[2 keys and an admin key]", WITH_ADMIN.toString());
        assertFalse(ALONE.toString().contains("one"));
    }
}
