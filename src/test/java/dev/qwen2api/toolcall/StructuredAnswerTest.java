package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools in a conversation whose answers are to be JSON: the answer may look like a call. */
class StructuredAnswerTest {

    private static String story(AnswerFormat format, AnswerEvent answer) {
        Options options = new Options(
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                List.of(),
                OptionalInt.empty(),
                format);
        Conversation conversation = new Conversation(
                "qwen-max", List.of(Message.of(Message.Role.USER, "Hi")), Tools.ALL, ToolChoice.AUTO, options);
        List<AnswerEvent> events = new ArrayList<>();
        ToolCallParser parser = new ToolCallParser(conversation, () -> "id", AnswerRetry.NEVER, events::add);
        parser.on(answer);
        parser.on(new Finished(Reason.STOP));
        ParsedAnswer heard = new ParsedAnswer();
        events.stream()
                .filter(event -> !(event instanceof AnswerEvent.Reasoning))
                .forEach(heard::on);
        return heard.story();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"action\":\"approve\",\"input\":null}",
                "{\"name\":\"Alice\",\"args\":{\"age\":3}}",
                "[{\"tool\":\"hammer\",\"params\":{}}]",
                "{\"name\":\"Alice\",\"arguments\":{\"age\":3}"
            })
    void json_that_names_no_offered_tool_is_the_answer(String json) {
        assertEquals("\nTEXT " + json + "\nEND STOP", story(AnswerFormat.JSON_OBJECT, new AnswerEvent.Text(json)));
        assertEquals("\nEND STOP", story(AnswerFormat.JSON_OBJECT, new AnswerEvent.Reasoning(json)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"now\",\"arguments\":{}}",
                "```json\n{\"name\":\"now\",\"arguments\":{}}\n```",
                "[tool_call]\n{\"name\":\"now\",\"arguments\":{}}\n[/tool_call]"
            })
    void json_that_names_an_offered_tool_is_a_call(String json) {
        assertEquals("\nCALL now {}\nEND TOOL_CALLS", story(AnswerFormat.JSON_OBJECT, new AnswerEvent.Text(json)));
    }

    @Test
    void a_marked_call_may_name_any_tool() {
        String call = "[tool_call]\n{\"name\":\"fly\",\"arguments\":{}}\n[/tool_call]";
        assertEquals("\nCALL fly {}\nEND TOOL_CALLS", story(AnswerFormat.JSON_OBJECT, new AnswerEvent.Text(call)));
    }

    @Test
    void where_the_answer_is_to_be_text_bare_json_may_name_any_tool() {
        String call = "{\"name\":\"fly\",\"arguments\":{\"to\":\"Rome\"}}";
        assertEquals(
                "\nCALL fly {\"to\":\"Rome\"}\nEND TOOL_CALLS", story(AnswerFormat.TEXT, new AnswerEvent.Text(call)));
    }
}
