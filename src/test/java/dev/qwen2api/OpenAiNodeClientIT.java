package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Completion;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * OpenAI's own client for Node against the built jar: {@code src/test/js/openai/checks.mjs} runs once, and each of its
 * checks is a test here. Skipped, with a loud word about it, where Node or the package cannot be had.
 */
class OpenAiNodeClientIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static final FakeQwen FAKE = FakeQwen.start();
    private static final String USER = FAKE.accounts().newUser();

    private static NodeChecks said = new NodeChecks(List.of());

    @BeforeAll
    static void run(@TempDir Path folder) throws Exception {
        script();
        said = NodeChecks.run("openai", "OpenAI's client for Node", folder, FAKE, USER);
    }

    @AfterAll
    static void close() {
        FAKE.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models are listed",
                "a model is read by its name",
                "a chat is answered in one piece",
                "a picture is sent along",
                "pictures are generated and edited",
                "a video is ordered and asked about",
                "a stream brings its text in pieces",
                "a stream brings its usage when asked",
                "reasoning comes beside the answer",
                "the stream helper puts a whole completion together",
                "earlier turns are remembered",
                "every script survives both ways",
                "JSON mode takes the fence off",
                "JSON mode refuses what is no JSON",
                "a stop text ends the answer before it",
                "a token limit ends the answer with length",
                "a wrong key is an AuthenticationError",
                "an unknown model is a NotFoundError",
                "a wrong field is a BadRequestError that names it",
                "an error in mid-stream is thrown as an APIError",
                "a stream can be aborted",
                "a used-up quota is a RateLimitError that is not retried",
            })
    void the_client_finds_that(String check) {
        said.assertOk(check);
    }

    @Test
    void every_check_of_the_script_is_asserted_here() throws Exception {
        said.assertOnly(OpenAiNodeClientIT.class
                .getDeclaredMethod("the_client_finds_that", String.class)
                .getAnnotation(ValueSource.class)
                .strings());
    }

    @Test
    void an_aborted_stream_stops_the_upstream() {
        Completion aborted = completion("Please never end");
        assertTrue(aborted.awaitStop(SOON));
        assertTrue(aborted.awaitEnd(SOON));
        assertFalse(aborted.outcome() == Completion.Outcome.FINISHED);
        assertTrue(FAKE.recorder().awaitRunning(USER, 0, SOON));
    }

    @Test
    void a_used_up_quota_is_asked_about_once() {
        long asked = FAKE.recorder().completions().stream()
                .filter(completion -> completion.prompt().text().contains("Please exceed the quota"))
                .count();
        assertEquals(1, asked);
    }

    private static Completion completion(String phrase) {
        return FAKE.recorder().completions().stream()
                .filter(completion -> completion.prompt().text().contains(phrase))
                .findFirst()
                .orElseThrow();
    }

    private static void script() {
        Answer counted = Answer.text("one two three").usage(100, 30);
        FAKE.script()
                .whenAsked("Please count", counted)
                .whenAsked("Please film", Answer.video("https://cdn.qwenlm.ai/output/0/t2v/cat.mp4?key=k"))
                .whenAsked("Please draw", Answer.image("https://cdn.qwenlm.ai/output/0/t2i/sea.png?key=k"))
                .whenAsked(
                        "Please think",
                        Answer.text("thought through").thinking(Answer.thoughts("Weighing", "I weigh it.")))
                .when(
                        prompt -> prompt.text().contains("My name is Ada")
                                && prompt.text().contains("Noted.")
                                && prompt.text().contains("What is my name"),
                        Answer.text("You are Ada."))
                .whenAsked("Please answer in JSON", Answer.text("```json\n{\"city\": \"北京\", \"ok\": true}\n```"))
                .whenAsked("Please answer in prose", Answer.text("The city is Beijing."))
                .whenAsked("Please go on and on", Answer.text("more ".repeat(500)))
                .whenAsked("Please never end", Answer.text("more ".repeat(500)).delayPerChunk(Duration.ofMillis(50)))
                .whenAsked("Please break off", counted);
        FAKE.faults().add(asked("Please break off", StreamFaults.resetAfterText(2)));
        FAKE.faults().add(asked("Please exceed the quota", Refusals.rateLimited(4)));
    }

    private static Fault asked(String phrase, Fault fault) {
        return fault.when(request -> request.text().contains(phrase));
    }
}
