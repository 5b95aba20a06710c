package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Completion.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The answer stream of the web API. */
final class CompletionsEndpoint {
    private final CompletionGate gate;
    private final FakeModels models;
    private final Chats chats;
    private final Script script;
    private final VideoTasks tasks;
    private final Recorder recorder;
    private final Clock clock;
    private final Duration recordDelay;

    CompletionsEndpoint(Parts parts) {
        this.gate = new CompletionGate(parts.accounts(), parts.models(), parts.chats());
        this.models = parts.models();
        this.chats = parts.chats();
        this.script = parts.script();
        this.tasks = parts.tasks();
        this.recorder = parts.recorder();
        this.clock = parts.options().clock();
        this.recordDelay = parts.options().recordsAppearAfter();
    }

    void serve(Exchange exchange, Completion completion) throws IOException {
        Request request = exchange.request();
        Optional<Reply> refusal = gate.refusal(request);
        if (refusal.isPresent()) {
            exchange.reply(refusal.get());
            return;
        }
        Prompt prompt = completion.prompt();
        Optional<Chat> chat = chats.find(prompt.userId(), prompt.chatId());
        Generation generation = new Generation(completion, recorder.gauge(prompt.userId()));
        if (chat.isEmpty() || !chat.get().begin(generation)) {
            exchange.reply(CannedReplies.busy(request));
            return;
        }
        long seconds = clock.instant().getEpochSecond();
        Frames frames = new Frames(prompt.chatId(), Ids.uuid(), Ids.uuid(), seconds);
        answer(exchange, completion, new Turn(prompt, chat.get(), generation, frames));
    }

    private record Turn(Prompt prompt, Chat chat, Generation generation, Frames frames) {
        /** Gives the chat back, so that the client finds it free when it has read the end. */
        void over() {
            chat.end(generation);
        }
    }

    private void answer(Exchange exchange, Completion completion, Turn turn) throws IOException {
        completion.answers(turn.frames().responseId());
        Prompt prompt = turn.prompt();
        try {
            if (prompt.chatType().equals("t2v") || prompt.chatType().equals("i2v")) {
                video(exchange, completion, turn);
            } else if (!prompt.body().path("stream").asBoolean(true)) {
                turn.over();
                exchange.reply(textless(exchange.request(), turn.frames()));
            } else if (models.mustThink(prompt.model()) && !prompt.thinking()) {
                refuseToAnswerAtOnce(exchange, completion, turn);
            } else {
                stream(exchange, completion, turn);
            }
        } catch (ConnectionCut cut) {
            // Unlike after the client's leaving, which leaves the chat busy until a stop request or its deletion.
            turn.over();
            throw cut;
        }
    }

    private void stream(Exchange exchange, Completion completion, Turn turn) throws IOException {
        Answer answer = script.answerTo(turn.prompt());
        List<Step> steps = AnswerSteps.of(answer, turn.prompt(), turn.frames());
        StreamPlayer player = new StreamPlayer(exchange, turn.generation(), outcome -> {
            int said = Math.min(completion.textFrames(), answer.texts().size());
            store(turn, answer.texts().subList(0, said));
            turn.over();
            completion.ended(outcome);
        });
        player.play(exchange.strike().shaped(turn.frames(), steps));
    }

    private static void refuseToAnswerAtOnce(Exchange exchange, Completion completion, Turn turn) throws IOException {
        Step refusal = Frames.error("invalid_input", "details", "thinking_enabled must be true for this model");
        StreamPlayer player = new StreamPlayer(exchange, turn.generation(), outcome -> {
            turn.over();
            completion.ended(Outcome.REFUSED);
        });
        player.play(List.of(refusal));
    }

    private void video(Exchange exchange, Completion completion, Turn turn) throws IOException {
        String taskId = tasks.start(turn.prompt(), script.answerTo(turn.prompt()));
        String size = turn.prompt().body().path("size").asText("16:9");
        store(turn, List.of());
        turn.over();
        completion.ended(Outcome.FINISHED);
        exchange.reply(Reply.success(
                exchange.request(),
                ids(turn.frames())
                        + "\"messages\":[{\"role\":\"assistant\",\"content\":\"\",\"extra\":{\"wanx\":{\"task_id\":\""
                        + taskId + "\"}},\"done\":false,\"size\":" + Json.quoted(size) + "}]}"));
    }

    /** The service does not support {@code stream:false} for text: the reply is well-formed and says nothing. */
    private static Reply textless(Request request, Frames frames) {
        return Reply.success(
                request, ids(frames) + "\"messages\":[{\"role\":\"assistant\",\"content\":\"\",\"done\":false}]}");
    }

    private static String ids(Frames frames) {
        return "{\"chat_id\":\"" + frames.chatId() + "\",\"parent_id\":\"" + frames.parentId() + "\",\"message_id\":\""
                + frames.responseId() + "\",";
    }

    private void store(Turn turn, List<String> texts) {
        Instant now = clock.instant();
        turn.chat().store(StoredTurn.of(turn.prompt(), turn.frames(), texts, now, now.plus(recordDelay)));
    }
}
