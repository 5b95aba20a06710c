package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.FakeTokens;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a recording for a bug report shows, and what it never does. */
@Timeout(60)
class CaptureTest {

    private static final String JWT = FakeTokens.mint("canary-linked-user", Instant.EPOCH);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FakeQwen fake = FakeQwen.start();
    private final List<String> said = new ArrayList<>();
    private final String user = fake.accounts().newUser();
    private final String cookie = fake.accounts().cookie(user) + "; nickname=canary-nick; email=canary%40example.org";

    @AfterEach
    void close() {
        fake.close();
    }

    private int capture(String... words) throws IOException {
        String settings = "API_KEY=\"sk-canary-key-0123\"\nQWEN_COOKIES=\"" + cookie + "\"\nQWEN_CHAT_PROXY_URL=\""
                + fake.baseUrl() + "\"\nQWEN_EXTRA_HEADERS=\"bx-canary: canary-header\"\nDATABASE_PATH=\""
                + folder.resolve("data/qwen2api.db") + "\"\n";
        Path env = Files.writeString(folder.resolve(".env"), settings);
        var all = new ArrayList<>(List.of("capture"));
        all.addAll(List.of(words));
        return new Commands(env, Map.of(), Clock.systemUTC(), said::add)
                .run(all)
                .orElse(-1);
    }

    private String recorded() throws IOException {
        Path file = folder.resolve("report.txt");
        assertEquals(0, capture("--yes", "--out", file.toString()), said::toString);
        String text = Files.readString(file);
        assertTrue(String.join("\n", said).startsWith(text.strip()), "it is shown before it is kept");
        return text;
    }

    /** Everything that names the owner, as it is and in the pieces in which it could come through. */
    private void assertNothingOfTheOwnerIn(String text) {
        var canaries =
                new ArrayList<>(List.of("canary", "kanarie", "Hallo", "你好", "😀", user, fake.baseUrl(), "127.0.0.1"));
        canaries.addAll(List.of("4242424242", "+49", "1.2.3.4", "fe80", "hello"));
        for (String pair : cookie.split("; ")) {
            canaries.add(pair.substring(pair.indexOf('=') + 1));
        }
        canaries.addAll(List.of(JWT.split("\\.")));
        canaries.addAll(List.of(user.split("-")));
        for (Request request : fake.recorder().requests()) {
            request.headers().first("x-request-id").ifPresent(canaries::add);
        }
        fake.recorder().completions().forEach(completion -> canaries.add(completion.chatId()));
        canaries.stream()
                .filter(canary -> !canary.isEmpty())
                .forEach(canary -> assertFalse(text.contains(canary), () -> "'" + canary + "' is in\n" + text));
    }

    @Test
    void an_ordinary_answer_is_recorded_with_its_structure_and_without_a_word() throws Exception {
        fake.script().otherwise(Answer.text("canary answer Hallo 你好 😀").think("canary thought"));
        String text = recorded();
        assertNothingOfTheOwnerIn(text);
        for (String kept : List.of(
                "> POST /api/v2/chats/new\n",
                "> POST /api/v2/chat/completions?chat_id=id",
                "< HTTP 200\n",
                "< content-type: text/event-stream",
                "\"status\": \"finished\", \"phase\": \"answer\"",
                "\"output_schema\":\"phase\"",
                "\"model\":\"qwen3.7-plus\"",
                "\"input_tokens\": ",
                "# the reply ended\n")) {
            assertTrue(text.contains(kept), () -> "'" + kept + "' is not in\n" + text);
        }
        assertTrue(fake.recorder()
                .awaitDeleted(fake.recorder().completions().get(0).chatId(), Duration.ofSeconds(5)));
        assertEquals(1, fake.recorder().completions().size());
    }

    @Test
    void frames_that_hold_the_owner_in_every_place_are_masked() throws Exception {
        String frame = """
                data: {"choices":[{"delta":{"role":"assistant","content":"see https://canary.example/u/%1$s?t=%2$s&id=%1$s",\
                "phase":"answer","status":"typing","canary_key":"x","extra":{"kanarie@example.org":{"canary":true}},\
                "name":"canary-name","type":"canary-type","code":"canary-7","user_id":4242424242,"phone":"+49 30 1234",\
                "ip":"1.2.3.4","url":"https://x.test/%2$s","nested":"{\\"user_id\\":\\"%1$s\\",\\"mail\\":\\"canary@x.org\\"}",\
                "lat":52.4242424242,"title":"Hallo \\u4f60 canary"}}],"response_id":"%1$s"}

                : canary comment fe80::1
                id: %1$s
                event: canary
                canary plain line
                data: canary {"user_id":"%1$s"}

                data: {"cut":"canary and no end
                """.formatted(user, JWT);
        fake.script().otherwise(Answer.text("x").raw(frame));
        String text = recorded();
        assertNothingOfTheOwnerIn(text);
        assertTrue(text.contains("\"url\":\"https://xxx"), text);
        assertTrue(text.contains("\"user_id\":1111111111"), text);
    }

    @Test
    void refusals_are_recorded_with_their_codes() throws Exception {
        fake.faults()
                .add(Refusals.refusal(400, "RateLimited", "canary said " + user).on(Endpoint.CHATS_NEW));
        String text = recorded();
        assertNothingOfTheOwnerIn(text);
        assertTrue(text.contains("\"code\":\"RateLimited\",\"details\":\"xxx"), text);
        assertTrue(text.contains("< x-actual-status-code: 400"), text);
        assertTrue(text.contains("names no chat"), text);
    }

    @Test
    void a_page_of_the_firewall_shows_its_marks_and_nothing_else() throws Exception {
        fake.faults().add(Refusals.wafHtml().on(Endpoint.COMPLETIONS));
        String text = recorded();
        assertNothingOfTheOwnerIn(text);
        assertTrue(text.contains("aliyun_waf"), text);
    }

    @Test
    void without_a_terminal_and_without_yes_nothing_is_kept() throws Exception {
        assertEquals(1, capture("--out", folder.resolve("report.txt").toString()));
        assertTrue(said.get(said.size() - 1).startsWith("Not kept"), said::toString);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(".env"),
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void an_account_that_does_not_exist_and_a_file_that_does_change_nothing() throws Exception {
        assertEquals(1, capture("--yes", "--account", "7"));
        assertEquals(List.of(), fake.recorder().completions());
        Path taken = Files.writeString(folder.resolve("taken.txt"), "mine", StandardCharsets.UTF_8);
        assertEquals(1, capture("--yes", "--account", "1", "--out", taken.toString()));
        assertEquals("mine", Files.readString(taken));
    }
}
