package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import dev.qwen2api.upstream.qwen.stream.FrameDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

    private static final String FINISHED = delta("answer", "finished", "");

    private static String data(String json) {
        return "data: " + json + "\n\n";
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String delta(String phase, String status, String content) {
        return data("{\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"" + content
                + "\", \"phase\": \"" + phase + "\", \"status\": \"" + status + "\"}}]}");
    }

    private static String says(String content) {
        return delta("answer", "typing", content);
    }

    private static String extra(String phase, String extra) {
        return data("{\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"\", \"phase\": \"" + phase
                + "\", \"extra\": " + extra + ", \"status\": \"typing\"}}]}");
    }

    private static String of(String id, String content) {
        return data("{\"choices\": [{\"delta\": {\"content\": \"" + content
                + "\", \"phase\": \"answer\"}}], \"response_id\": \"" + id + "\"}");
    }

    private static String call(String id, String arguments) {
        return data("{\"choices\": [{\"delta\": {\"phase\": \"tool_call\", \"function_id\": \"" + id
                + "\", \"function_call\": {\"name\": \"weather\", \"arguments\": \"" + arguments + "\"}}}]}");
    }

    @Test
    void native_calls_beyond_a_megabyte_are_passed_over_and_the_answer_ends_as_too_long() {
        var weather = new AnswerContext(false, Set.of(), List.of(new Tool("weather", "", "{}")));
        String some = "x".repeat(300_000);
        String body = call("1", some) + call("2", some) + call("1", some + some) + call("3", some) + FINISHED;
        assertEquals(
                "call weather\narguments " + some + some + "\ncall weather\narguments " + some + "\nfinished LENGTH",
                Heard.of(weather, body.getBytes(StandardCharsets.UTF_8), List::of)
                        .all());
    }

    @Test
    void of_a_long_unknown_phase_the_beginning_is_reported_once() {
        String name = "p".repeat(100_000);
        Heard heard = Heard.of(delta(name + "1", "typing", "a") + delta(name + "2", "typing", "b") + FINISHED);
        assertEquals(List.of("p".repeat(100)), heard.unknownPhases);
    }

    @Test
    void the_order_of_fields_is_free_and_unknown_ones_are_passed_over() {
        assertEquals("text hi\nfinished STOP", Heard.of(data("""
                {"later": {"deep": [1, {"x": null}]}, "response_id": "b", "choices": [{"index": 0, "delta": \
                {"phase": "answer", "new": [1], "content": "hi", "status": "finished", "role": "assistant"}}, \
                {"delta": {"phase": "answer", "content": "second choice"}}]}""")).all());
    }

    @Test
    void of_two_interleaved_responses_the_first_one_counts() {
        assertEquals(
                "text a\ntext c\nfinished STOP",
                Heard.of(of("1", "a") + of("2", "b") + of("1", "c") + FINISHED).all());
    }

    @Test
    void a_megabyte_under_another_id_continues_the_answer_and_is_held_no_longer() throws Exception {
        var heard = new Heard();
        var reader = new FrameDecoder(AnswerContext.CHAT, phase -> {});
        String piece = "b".repeat(100_000);
        reader.feed(utf8(of("1", "a") + of("2", piece).repeat(10)), heard);
        assertEquals("text a", heard.all());
        reader.feed(utf8(of("2", piece)), heard);
        assertEquals("text a" + ("\ntext " + piece).repeat(11), heard.all());
    }

    @Test
    void another_answer_is_dropped_whatever_the_length_of_its_id() {
        String other = of("2".repeat(100_000), "b");
        assertEquals(
                "text a\ntext c\ntext d\nfinished STOP",
                Heard.of(of("1", "a") + other + of("1", "c") + other + of("1", "d") + FINISHED)
                        .all());
    }

    @Test
    void the_response_is_known_from_the_first_frame_on() {
        String created = data("{\"response.created\": {\"parent_id\": \"p\", \"response_id\": \"1\"}}");
        assertEquals(
                "text a\nfinished STOP",
                Heard.of(created + of("2", "b") + of("1", "a") + FINISHED).all());
    }

    @Test
    void finished_in_a_phase_of_thinking_or_of_a_tool_ends_nothing() {
        String body = delta("think", "finished", "")
                + delta("thinking_summary", "finished", "")
                + delta("web_search", "finished", "")
                + delta("image_gen_tool", "finished", "")
                + says("a");
        assertEquals("text a\nfailed TRUNCATED", Heard.of(body).all());
        assertEquals("text a\nfinished STOP", Heard.of(body + FINISHED).all());
    }

    @Test
    void after_finished_nothing_is_heard() {
        assertEquals(
                "text a\nfinished STOP",
                Heard.of(says("a") + FINISHED + says("b") + data("{\"error\": \"late\"}"))
                        .all());
    }

    @Test
    void the_cost_of_the_last_frame_comes_before_the_end() {
        assertEquals(
                "text a\nusage in 1 out 2 thought 0 cached 0\nfinished STOP",
                Heard.of(data("{\"usage\": {\"input_tokens\": 1, \"output_tokens\": 2}, \"choices\": [{\"delta\": "
                                + "{\"content\": \"a\", \"phase\": \"answer\", \"status\": \"finished\"}}]}"))
                        .all());
    }

    @Test
    void cost_is_told_when_it_changes_and_in_either_spelling() {
        String first = data("{\"usage\": {\"input_tokens\": 5, \"output_tokens\": 6, "
                + "\"output_tokens_details\": {\"reasoning_tokens\": 2}}}");
        String second = data("{\"usage\": {\"prompt_tokens\": 7, \"completion_tokens\": 8, "
                + "\"completion_tokens_details\": {\"reasoning_tokens\": 3}, "
                + "\"prompt_tokens_details\": {\"cached_tokens\": 4}}}");
        assertEquals(
                "usage in 5 out 6 thought 2 cached 0\nusage in 7 out 8 thought 3 cached 4\nfinished STOP",
                Heard.of(first + first + second + FINISHED).all());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input_tokens\": -3, \"output_tokens\": 1e30} | usage in 0 out 2147483647 thought 0 cached 0",
                "{\"input_tokens\": \"x\", \"output_tokens\": null} | usage in 0 out 0 thought 0 cached 0",
                "{\"input_tokens\": [1], \"output_tokens\": {\"a\": 1}} | usage in 0 out 0 thought 0 cached 0",
            })
    void absurd_costs_do_no_harm(String usage, String told) {
        assertEquals(
                told + "\nfinished STOP",
                Heard.of(data("{\"usage\": " + usage + "}") + FINISHED).all());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"...\": \"...\"}", "null", "7", "[]"})
    void what_holds_no_count_is_no_cost(String usage) {
        assertEquals(
                "finished STOP",
                Heard.of(data("{\"usage\": " + usage + "}") + FINISHED).all());
    }

    @Test
    void a_phase_that_is_not_known_speaks_only_when_no_answer_does() {
        String unknown = delta("musing", "typing", "one ") + delta("musing", "typing", "two");
        assertEquals("text one two\nfinished STOP", Heard.of(unknown + FINISHED).all());
        assertEquals(
                "text a\nfinished STOP",
                Heard.of(unknown + says("a") + FINISHED).all());
    }

    @Test
    void what_a_tool_says_in_a_phase_that_is_not_known_is_no_answer() {
        String tool = data("{\"choices\": [{\"delta\": {\"role\": \"function\", \"content\": \"raw\", "
                + "\"phase\": \"code_interpreter\", \"status\": \"finished\"}}]}");
        assertEquals("failed EMPTY", Heard.of(tool).all());
    }

    @Test
    void an_answer_without_labels_is_text_and_ends_with_the_stream_if_it_was_called_finished() {
        String words = data("{\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"hi\"}}]}");
        String finished = data("{\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"\", "
                + "\"status\": \"finished\"}}]}");
        assertEquals("text hi\nfailed TRUNCATED", Heard.of(words).all());
        assertEquals("text hi\nfinished STOP", Heard.of(words + finished).all());
        assertEquals(
                "text hi\ntext hi\nfailed TRUNCATED",
                Heard.of(words + finished + words).all());
        assertEquals(
                "text all\nfinished STOP",
                Heard.of(delta("musing", "typing", "all") + delta("musing", "finished", ""))
                        .all());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\": [{\"delta\"",
                "<html>",
                "[DONE]",
                "[]",
                "7",
                "null",
                "\"words\"",
                "{}",
                "{\"choices\": []}",
                "{\"choices\": null}",
                "{\"choices\": [null, 3, {\"delta\": null}]}",
                "{\"choices\": [{\"delta\": {\"content\": null, \"phase\": null, \"status\": 3, \"extra\": 7}}]}",
                "{\"response.created\": null}",
                "{\"response_id\": {}}",
                "{\"error\": null, \"success\": true, \"code\": 0, \"detail\": null}",
            })
    void what_makes_no_sense_is_passed_over(String line) {
        assertEquals(
                "text a\ntext b\nfinished STOP",
                Heard.of(says("a") + data(line) + says("b") + FINISHED).all());
    }

    @Test
    void a_frame_with_an_empty_field_for_errors_still_says_what_it_says() {
        assertEquals(
                "text a\nfinished STOP",
                Heard.of(data("{\"error\": null, \"success\": true, \"code\": 200, \"choices\": [{\"delta\": "
                                + "{\"content\": \"a\", \"phase\": \"answer\", \"status\": \"finished\"}}]}"))
                        .all());
    }

    @Test
    void json_that_is_nested_without_end_is_passed_over() {
        assertEquals(
                "text a\nfinished STOP",
                Heard.of(data("{\"x\": " + "[".repeat(100_000))
                                + data("{\"choices\": " + "[{\"delta\": ".repeat(5_000))
                                + says("a")
                                + FINISHED)
                        .all());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\": [{\"delta\": {\"content\": \"x\", \"phase\": \"answer\", \"extra\": @}}]}",
                "{\"choices\": [{\"delta\": {\"content\": \"x\", \"phase\": \"answer\", \"function_call\": @}}]}",
                "{\"choices\": [{\"delta\": {\"content\": @, \"phase\": \"answer\"}}]}",
                "{\"choices\": [{\"delta\": {\"content\": \"x\", \"phase\": \"answer\"}}], \"error\": @}",
            })
    void a_frame_of_so_many_values_that_their_tree_would_fill_the_heap_is_passed_over(String frame) {
        String values = "[" + "{},".repeat(200_000) + "\"x\"]";
        assertEquals(
                "text a\ntext b\nfinished STOP",
                Heard.of(says("a") + data(frame.replace("@", values)) + says("b") + FINISHED)
                        .all());
    }

    @Test
    void ever_so_many_frames_of_few_values_are_all_read() {
        String frame = says("a").strip().replace("}]}", "}], \"x\": [" + "0,".repeat(40) + "0]}") + "\n\n";
        assertEquals(
                "text a\n".repeat(10_000) + "finished STOP",
                Heard.of(frame.repeat(10_000) + FINISHED).all());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "\"",
                "{\"choices\": [{\"delta\": {\"content\": \"",
                "7",
                "7 {\"status\":",
                "\ufeff{}",
                "\u0000{"
            })
    void what_is_cut_off_does_not_reach_into_the_next_frame(String line) {
        assertEquals(
                "text a\ntext b\ntext c\nfinished STOP",
                Heard.of(says("a") + data(line) + says("b") + data(line) + data(line) + says("c") + FINISHED)
                        .all());
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", " {\"error\": {\"code\": \"x\"}}", "}}}", ",\"status\": \"completed\"}", " \u00e9\"["})
    void what_follows_the_object_of_a_frame_is_passed_over(String rest) {
        String frame = says("a").strip() + rest + "\n\n";
        String longer = says("x".repeat(20_000)).strip() + rest.repeat(10_000) + "\n\n";
        assertEquals(
                "text a\ntext " + "x".repeat(20_000) + "\ntext a\ntext b\nfinished STOP",
                Heard.of(frame + longer + frame + says("b") + FINISHED).all());
    }

    @Test
    void frames_of_any_length_follow_each_other() {
        var body = new StringBuilder();
        var told = new StringBuilder();
        for (int length = 1; length < 1_000_000; length = length * 3 + 1) {
            body.append(says("é".repeat(length))).append(delta("p".repeat(length), "typing", ""));
            told.append("text ").append("é".repeat(length)).append('\n');
        }
        assertEquals(told + "finished STOP", Heard.of(body + FINISHED).all());
    }

    @Test
    void streams_that_are_read_at_the_same_time_do_not_mix() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(24);
        try {
            List<Future<String>> stories = new ArrayList<>();
            for (int stream = 0; stream < 48; stream++) {
                String name = "s" + stream;
                String phase = stream % 2 == 0 ? "answer" : "think";
                String body = (data("{\"choices\": [{\"delta\": {\"content\": \"" + name + "\", \"phase\": \"" + phase
                                        + "\"}}], \"response_id\": \"" + name + "\"}")
                                .repeat(500))
                        + "data: {\"broken\n\n" + says(name) + FINISHED;
                stories.add(threads.submit(() -> Heard.of(body).all()));
            }
            for (int stream = 0; stream < stories.size(); stream++) {
                String line = (stream % 2 == 0 ? "text s" : "think s") + stream + "\n";
                assertEquals(
                        line.repeat(500) + "text s" + stream + "\nfinished STOP",
                        stories.get(stream).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void bytes_that_are_no_utf_8_cost_one_character_and_not_the_frame() {
        String body = says("a@@b") + FINISHED;
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        int at = body.indexOf("@@");
        bytes[at] = (byte) 0xC3;
        bytes[at + 1] = 0x28;
        assertEquals("text a\uFFFD(b\nfinished STOP", Heard.of(bytes, List::of).all());
    }

    @Test
    void done_is_an_end_unless_words_follow() {
        assertEquals("failed EMPTY", Heard.of(data("[DONE]")).all());
        assertEquals(
                "text a\ntext b\nfailed TRUNCATED",
                Heard.of(says("a") + data("[DONE]") + says("b")).all());
        assertEquals(
                "text a\nfinished STOP", Heard.of(says("a") + data("[DONE]")).all());
        assertEquals(
                "text a\nfinished STOP",
                Heard.of(says("a") + FINISHED + data("[DONE]")).all());
    }

    @Test
    void a_stream_without_a_word_is_empty_and_called_a_quiet_refusal() {
        String created = data("{\"response.created\": {\"response_id\": \"1\"}}");
        Failure failure = Heard.of(created).failure();
        assertEquals(FailureKind.EMPTY, failure.kind());
        assertTrue(failure.detail().contains("soft block"), failure.detail());
        assertEquals("failed EMPTY", Heard.of("").all());
    }

    @Test
    void a_stream_of_nothing_but_garbage_is_broken() {
        assertEquals(
                "failed BROKEN", Heard.of("data: <html>\n\ndata: {\"cho\n\n").all());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\": \"Internal error!\"} | BUSY",
                "{\"error\": {\"code\": \"invalid_input\", \"details\": \"no\"}} | BAD_INPUT",
                "{\"error\": {\"code\": \"data_inspection_failed\", \"message\": \"no\"}} | MODERATED",
                "{\"success\": false, \"request_id\": \"r\", \"data\": {\"code\": \"RateLimited\", \"num\": 3}}"
                        + " | RATE_LIMITED",
                "{\"ret\": [\"FAIL_SYS_USER_VALIDATE\", \"RGV587_ERROR::SM\"], \"data\": {\"url\": \"https://x/punish?y\"}}"
                        + " | CHALLENGED",
                "{\"code\": \"Unauthorized\", \"message\": \"\"} | EXPIRED",
            })
    void an_error_in_place_of_a_frame_is_a_failure(String frame, FailureKind kind) {
        assertEquals("failed " + kind, Heard.of(data(frame)).all());
    }

    @Test
    void a_used_up_quota_in_a_frame_says_for_how_long() {
        Failure failure = Heard.of(data("{\"success\": false, \"data\": {\"code\": \"RateLimited\", \"num\": 3}}"))
                .failure();
        assertEquals(Duration.ofHours(3), failure.retryAfter());
    }

    @Test
    void moderation_after_words_ends_the_answer_and_before_them_refuses_it() {
        String moderated = data("{\"error\": {\"code\": \"data_inspection_failed\", \"message\": \"no\"}}");
        assertEquals(
                "text a\nfinished CONTENT_FILTER",
                Heard.of(says("a") + moderated + says("b")).all());
        assertEquals(
                "think hm\nfailed MODERATED",
                Heard.of(delta("think", "typing", "hm") + moderated).all());
    }

    @Test
    void any_other_error_after_words_is_a_failure() {
        assertEquals(
                "text a\nfailed BUSY",
                Heard.of(says("a") + data("{\"error\": {\"code\": \"internal_error\"}}"))
                        .all());
    }

    @Test
    void pictures_come_once_each_from_every_place_they_are_put_in() {
        assertEquals(
                """
                picture https://cdn.example/1.png
                picture https://cdn.example/2.png
                picture https://cdn.example/3.png
                finished STOP""",
                Heard.of(delta("image_gen", "typing", "https://cdn.example/1.png")
                                + delta("image_gen", "typing", "https://cdn.example/1.png")
                                + extra(
                                        "image_gen_tool",
                                        "{\"tool_result\": [{\"image\": \"https://cdn.example/2.png\"}]}")
                                + extra(
                                        "image_edit_tool",
                                        "{\"image_list\": [{\"image\": \"https://cdn.example/3.png\"}]}")
                                + FINISHED)
                        .all());
    }

    @Test
    void words_in_the_place_of_a_picture_are_words() {
        assertEquals(
                "text I cannot draw that.\nfinished STOP",
                Heard.of(delta("image_gen", "typing", "I cannot draw that.") + delta("image_gen", "finished", ""))
                        .all());
    }

    @Test
    void the_older_forms_of_search_results_are_read_and_doubles_are_told_once() {
        String one = "{\"url\": \"https://a.example\", \"title\": \"A\", \"date\": \" (2026-06-09)\"}";
        String two = "{\"url\": \"https://b.example\"}";
        assertEquals(
                """
                sources https://a.example|A|||2026-06-09
                sources https://a.example|A|||2026-06-09, https://b.example|https://b.example|||
                finished STOP""",
                Heard.of(extra("web_search", "{\"web_search_info\": [" + one + "]}")
                                + extra("web_search", "{\"web_search_info\": [" + one + "]}")
                                + extra("answer", "{\"web_search_info\": {\"references\": [" + one + ", " + two + "]}}")
                                + extra(
                                        "web_search",
                                        "{\"web_search_info\": [{\"url\": \"javascript:alert(1)\"}, {}, 3]}")
                                + FINISHED)
                        .all());
    }

    @Test
    void an_event_stream_that_is_a_page_gives_its_head_for_judgement() throws Exception {
        var reader = new FrameDecoder(AnswerContext.CHAT, phase -> {});
        reader.feed(ByteBuffer.wrap("<!doctypehtml><html>".getBytes(StandardCharsets.UTF_8)), event -> {});
        assertEquals("<!doctypehtml><html>", new String(reader.eventlessHead(), StandardCharsets.UTF_8));
        reader.feed(ByteBuffer.wrap(("\n" + says("a")).getBytes(StandardCharsets.UTF_8)), event -> {});
        assertEquals(0, reader.eventlessHead().length);
        assertFalse(reader.isFinished());
    }
}
