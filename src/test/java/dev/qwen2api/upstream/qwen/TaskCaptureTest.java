package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** States of video tasks as they were seen (section 13 row 15, 2026-09). */
@Timeout(60)
class TaskCaptureTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void play(String state) {
        bench.fake.script().otherwise(Answer.video("https://cdn.qwenlm.ai/x.mp4"));
        bench.fake
                .faults()
                .add(Refusals.reply(Reply.json(state.replace('\'', '"')))
                        .on(Endpoint.TASK_V1)
                        .once());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'task_status':'error','message':'boom'}                            | BROKEN",
                "{'task_status':'canceled','message':''}                             | BROKEN",
                "{'task_status':'failed','message':'data_inspection_failed: no'}     | MODERATED",
                "{'task_status':'failed','code':'data_inspection_failed'}            | MODERATED",
                "{'task_status':'failed','message':'今日使用次数已达上限'}               | QUOTA_EXHAUSTED",
                "{'task_status':'whatever_is_next','message':''}                     | BROKEN",
                "{'success':true,'data':{'task_status':'failure','message':'boom'}}  | BROKEN",
            })
    void a_state_that_is_not_known_to_go_on_ends_the_task(String state, FailureKind kind) throws Exception {
        play(state);
        try (AnswerStream stream = bench.open(Questions.ofType(ChatType.VIDEO, Message.of(Role.USER, "a cat")))) {
            Failure failure = assertThrows(UpstreamException.class, () -> Bench.read(stream, new Heard()))
                    .failure();
            assertEquals(kind, failure.kind(), failure.toString());
            assertEquals(Optional.of(RequestKind.VIDEO), failure.scope());
            assertTrue(!state.contains("boom") || failure.forClient().contains("boom"), failure.forClient());
        }
    }

    @ParameterizedTest
    @CsvSource({"running", "pending", "processing", "queued"})
    void a_state_that_goes_on_is_polled_again(String status) throws Exception {
        play("{'task_status':'" + status + "','message':''}");
        assertEquals(
                "video https://cdn.qwenlm.ai/x.mp4\nfinished STOP",
                bench.story(Questions.ofType(ChatType.VIDEO, Message.of(Role.USER, "a cat"))));
    }

    @Test
    void a_video_from_a_picture_names_its_own_type_and_has_the_picture_first() throws Exception {
        bench.fake.script().otherwise(Answer.video("https://cdn.qwenlm.ai/x.mp4"));
        var picture =
                new Media(Media.MediaType.IMAGE, new Media.Attached(new OneByte()), "a.png", "messages[0].content[0]");
        bench.story(Questions.ofType(
                ChatType.VIDEO, new Message(Role.USER, List.of(picture, new Message.Text("it moves")), List.of(), "")));
        var sent =
                bench.fake.recorder().last(Endpoint.COMPLETIONS).orElseThrow().json();
        assertEquals("i2v", sent.at("/messages/0/chat_type").asText(), sent.toString());
        assertEquals("image", sent.at("/messages/0/files/0/type").asText(), sent.toString());
        assertEquals(
                "i2v",
                bench.fake
                        .recorder()
                        .last(Endpoint.CHATS_NEW)
                        .orElseThrow()
                        .json()
                        .path("chat_type")
                        .asText());
    }

    private static final class OneByte implements Attachment {
        @Override
        public long size() {
            return 1;
        }

        @Override
        public String sha256() {
            return "00";
        }

        @Override
        public String contentType() {
            return "image/png";
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(new byte[1]);
        }

        @Override
        public void close() {}
    }
}
