package dev.qwen2api.fakeqwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerStreamTest {
    private final FakeQwen fake = FakeQwen.start();
    private final String user = fake.accounts().newUser();
    private final Browser browser = new Browser(fake, user);

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void the_text_of_the_frames_is_that_of_the_captures() throws Exception {
        fake.script().queue(Answer.empty().chunks("Hello").usage(1438, 802));
        String chat = browser.newChat();
        String body = browser.ask(browser.question(chat, "hi")).body();
        Completion seen = fake.recorder().completions().get(0);
        String time = body.replaceAll("(?s).*\"timestamp\": (\\d+)}.*", "$1");
        String parent = body.replaceAll("(?s).*\"parent_id\": \"([^\"]+)\".*", "$1");
        String usage =
                "\"usage\": {\"input_tokens\": 1438, \"output_tokens\": 802, \"characters\": 0, \"total_tokens\": 2240, "
                        + "\"input_tokens_details\": {\"text_tokens\": 1438}, \"output_tokens_details\": {\"text_tokens\": 802}, "
                        + "\"prompt_tokens_details\": {\"cached_tokens\": 512}}";
        String tail = "\"response_id\": \"RESPONSE\", " + usage + ", \"timestamp\": TIME}\n\n";
        String empty = "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"\", "
                + "\"phase\": \"answer\", \"status\": \"typing\"}}], " + tail;
        String expected = "data: {\"response.created\":{\"chat_id\": \"CHAT\", \"parent_id\": \"PARENT\", "
                + "\"response_id\":\"RESPONSE\", \"response_index\": \"0\"}} \n\n"
                + "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"Hello\", "
                + "\"phase\": \"answer\", \"status\": \"typing\"}}], "
                + tail + empty + empty
                + "data: {\"choices\": [{\"delta\": {\"content\": \"\", \"role\": \"assistant\", "
                + "\"status\": \"finished\", \"phase\": \"answer\"}}], \"response_id\": \"RESPONSE\"}\n\n";
        assertEquals(
                expected,
                body.replace(chat, "CHAT")
                        .replace(parent, "PARENT")
                        .replace(seen.responseId(), "RESPONSE")
                        .replace("\"timestamp\": " + time, "\"timestamp\": TIME"));
    }

    @Test
    void the_headers_tell_the_true_status_and_echo_the_request_id() throws Exception {
        HttpResponse<String> answer = browser.ask("hi");
        assertEquals("text/event-stream; charset=utf-8", header(answer, "content-type"));
        assertEquals("chunked", header(answer, "transfer-encoding"));
        assertEquals("200", header(answer, "x-actual-status-code"));
        assertEquals("11111111-2222-4333-8444-555555555555", header(answer, "x-request-id"));
        assertEquals("noindex", header(answer, "x-robots-tag"));
    }

    @Test
    void a_thinking_summary_grows_from_frame_to_frame_and_ends_before_the_text() throws Exception {
        fake.script().queue(Answer.text("Done").thinking(Answer.thoughts("A", "first", "B", "second")));
        List<String> frames = frames(Browser.thinking(question("hi"), Optional.of("summary")));
        assertTrue(frames.get(1).contains("\"summary_title\": {\"content\": [\"A\"]}"));
        assertTrue(frames.get(2)
                .contains("\"summary_title\": {\"content\": [\"A\", \"B\"]}, "
                        + "\"summary_thought\": {\"content\": [\"first\", \"second\"]}}, \"status\": \"typing\""));
        assertTrue(frames.get(3).contains("\"phase\": \"thinking_summary\", \"status\": \"finished\"}"));
        assertFalse(frames.get(3).contains("usage"));
        assertTrue(frames.get(4).contains("\"content\": \"Done\""));
    }

    @Test
    void thinking_is_left_out_when_the_request_switches_it_off() throws Exception {
        fake.script().queue(Answer.text("Done").thinking(Answer.thoughts("A", "first")));
        assertTrue(frames(question("hi")).stream().noneMatch(frame -> frame.contains("thinking_summary")));
    }

    @Test
    void unscripted_thinking_is_raw_where_no_summary_is_asked_for() throws Exception {
        List<String> frames = frames(Browser.thinking(question("hi"), Optional.empty()));
        assertTrue(frames.get(1).contains("\"content\": \"I look at \", \"phase\": \"think\", \"status\": \"typing\""));
        assertTrue(frames.get(3).contains("\"phase\": \"think\", \"status\": \"finished\""));
    }

    @Test
    void without_an_output_schema_the_frames_have_no_phase_and_no_end() throws Exception {
        ObjectNode question = question("echo: plain");
        ((ObjectNode) question.path("messages").path(0).path("feature_config")).remove("output_schema");
        String body = browser.ask(question).body();
        assertTrue(body.contains("{\"delta\": {\"role\": \"assistant\", \"content\": \"plain\"}}"));
        assertFalse(body.contains("phase"));
        assertFalse(body.contains("finished"));
    }

    @Test
    void a_search_sends_its_call_cumulatively_and_enlarges_the_input() throws Exception {
        Answer.Doc doc = new Answer.Doc("https://example.com/a", "A", "a snippet");
        fake.script().queue(Answer.text("See [[1]]").search("rust 1.90", doc).usage(5000, 20));
        List<String> frames = frames(question("hi"));
        assertTrue(frames.get(1).contains("\"function_call\": {\"name\": \"web_search\", \"arguments\": \"{\\\"que"));
        assertTrue(frames.get(1).contains("\"input_tokens\": 1000"));
        assertTrue(frames.get(2).contains("\"arguments\": \"{\\\"queries\\\": [\\\"rust 1.90\\\"]}\""));
        assertTrue(frames.get(3).contains("\"role\": \"function\""));
        assertTrue(frames.get(3).contains("\"tool_result\": {\"docs\": [{\"url\": \"https://example.com/a\""));
        assertTrue(frames.get(4).contains("\"input_tokens\": 5000"));
    }

    @Test
    void the_older_search_form_sends_a_growing_list() throws Exception {
        fake.script()
                .queue(Answer.text("x")
                        .searchInfo(
                                new Answer.Doc("https://a.example/", "A", ""),
                                new Answer.Doc("https://b.example/", "B", "")));
        List<String> frames = frames(question("hi"));
        assertFalse(frames.get(1).contains("https://b.example/"));
        assertTrue(frames.get(2).contains("\"web_search_info\": [{\"url\": \"https://a.example/\""));
        assertTrue(frames.get(2).contains("https://b.example/"));
    }

    @Test
    void a_picture_comes_as_a_whole_address_that_can_be_fetched() throws Exception {
        ObjectNode question = question("a cat");
        ((ObjectNode) question.path("messages").path(0)).put("chat_type", "t2i");
        List<String> frames = frames(question);
        assertTrue(frames.get(1).contains("keep_alive"));
        assertTrue(frames.get(2).contains("\"phase\": \"image_gen\""));
        assertTrue(frames.get(3).contains("\"status\": \"finished\", \"phase\": \"image_gen\""));
        String url = Json.read(frames.get(2).substring(6))
                .at("/choices/0/delta/content")
                .asText();
        String path = url.substring(fake.baseUrl().length());
        assertEquals("image/png", header(browser.send(browser.request(path).GET()), "content-type"));
        assertEquals(
                403,
                browser.send(browser.request(path.substring(0, path.indexOf('?')))
                                .GET())
                        .statusCode());
    }

    @Test
    void the_last_echo_of_a_transcript_is_answered_without_its_markup() throws Exception {
        assertEquals("hello you", text(frames(question("echo: not this\n<user>echo: hello you</user>\n(end)"))));
    }

    @Test
    void scripted_turns_follow_one_another_and_the_last_one_stays() throws Exception {
        fake.script().turns(prompt -> prompt.text().contains("tools"), "one", "two");
        assertEquals("one", text(frames(question("tools please"))));
        assertEquals("two", text(frames(question("tools please"))));
        assertEquals("two", text(frames(question("tools please"))));
    }

    @Test
    void a_queue_of_an_account_is_used_by_that_account_alone() throws Exception {
        fake.script().queueFor("someone else", Answer.text("not yours"));
        assertEquals("mine", text(frames(question("echo: mine"))));
        assertEquals(1, fake.script().queued());
    }

    @Test
    void a_video_is_a_task_that_its_own_account_polls() throws Exception {
        fake.script().queue(Answer.video("https://cdn.example/x.mp4?key=k").readyAfterPolls(1));
        ObjectNode question = question("waves");
        ((ObjectNode) question.path("messages").path(0)).put("chat_type", "t2v");
        String task = Json.read(browser.ask(question).body())
                .at("/data/messages/0/extra/wanx/task_id")
                .asText();
        assertEquals(
                "running",
                browser.get("/api/v1/tasks/status/" + task).path("task_status").asText());
        assertEquals(
                "https://cdn.example/x.mp4?key=k",
                browser.get("/api/v2/tasks/status/" + task).at("/data/content").asText());
        Browser stranger = new Browser(fake, fake.accounts().newUser());
        assertEquals(
                "Not_Found",
                stranger.get("/api/v1/tasks/status/" + task).at("/data/code").asText());
    }

    private ObjectNode question(String text) throws Exception {
        return browser.question(browser.newChat(), text);
    }

    private List<String> frames(ObjectNode question) throws Exception {
        return Stream.of(browser.ask(question).body().split("\n\n")).toList();
    }

    private static String text(List<String> frames) {
        StringBuilder text = new StringBuilder();
        frames.forEach(frame -> text.append(
                Json.read(frame.substring(6)).at("/choices/0/delta/content").asText("")));
        return text.toString();
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
