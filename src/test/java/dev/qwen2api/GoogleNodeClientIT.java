package dev.qwen2api;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Google's own client for Gemini against the built jar: {@code src/test/js/google-genai/checks.mjs} runs once, and each
 * of its checks is a test here. Skipped, with a loud word about it, where Node or the package cannot be had.
 */
class GoogleNodeClientIT {

    private static final FakeQwen FAKE = FakeQwen.start();

    private static NodeChecks said = new NodeChecks(List.of());

    @BeforeAll
    static void run(@TempDir Path folder) throws Exception {
        script();
        said = NodeChecks.run(
                "google-genai",
                "Google's client for Gemini",
                folder,
                FAKE,
                FAKE.accounts().newUser());
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
                "a text is answered in one piece",
                "a stream brings its text in pieces",
                "a tool is called and its result told",
                "a tool is called in a stream",
                "the client calls a tool by itself",
                "structured output is JSON",
                "tokens are counted beforehand",
                "a wrong key is a 401",
                "an unknown model is a 404",
                "a wrong field is a 400 that names it",
                "an error in mid-stream is thrown",
                "a used-up quota is a 429",
            })
    void the_client_finds_that(String check) {
        said.assertOk(check);
    }

    @Test
    void every_check_of_the_script_is_asserted_here() throws Exception {
        said.assertOnly(GoogleNodeClientIT.class
                .getDeclaredMethod("the_client_finds_that", String.class)
                .getAnnotation(ValueSource.class)
                .strings());
    }

    private static void script() {
        Answer counted = Answer.text("one two three").usage(100, 30);
        FAKE.script()
                .whenAsked("Please count", counted)
                .whenAsked("Snow until noon", Answer.text("It snows."))
                .whenAsked(
                        "What is the weather",
                        Answer.text("I ask.\n[tool_call]\n{\"name\": \"get_weather\", \"arguments\":"
                                + " {\"city\": \"Oslo \\\"north\\\"\"}}\n[/tool_call]"))
                .whenAsked("Please answer in JSON", Answer.text("```json\n{\"city\": \"北京\"}\n```"))
                .whenAsked("Please break off", counted);
        FAKE.faults().add(asked("Please break off", StreamFaults.resetAfterText(2)));
        FAKE.faults().add(asked("Please exceed the quota", Refusals.rateLimited(4)));
    }

    private static Fault asked(String phrase, Fault fault) {
        return fault.when(request -> request.text().contains(phrase));
    }
}
