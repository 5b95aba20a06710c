package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Completion.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
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
            refuse(exchange, completion, refusal.get());
            return;
        }
        Prompt prompt = completion.prompt();
        Optional<Chat> chat = chats.find(prompt.userId(), prompt.chatId());
        Generation generation = new Generation(completion, recorder.gauge(prompt.userId()));
        if (chat.isEmpty() || !chat.get().begin(generation)) {
            generation.end();
            refuse(exchange, completion, CannedReplies.busy(request));
            return;
        }
        answer(exchange, completion, new Turn(prompt, chat.get(), generation));
    }

    private record Turn(Prompt prompt, Chat chat, Generation generation) {}

    private void answer(Exchange exchange, Completion completion, Turn turn) throws IOException {
        try {
            String parentId = Ids.uuid();
            Frames frames = new Frames(
                    turn.chat().id(), parentId, Ids.uuid(), clock.instant().getEpochSecond());
            completion.answers(frames.responseId());
            Prompt prompt = turn.prompt();
            if (prompt.chatType().equals("t2v") || prompt.chatType().equals("i2v")) {
                video(exchange, completion, turn, frames);
            } else if (prompt.body().path("stream").asBoolean(true)) {
                stream(exchange, completion, turn, frames);
            } else {
                refuse(exchange, completion, textless(exchange.request(), frames));
            }
        } catch (ClientGone gone) {
            // The chat stays busy: only a stop request or its deletion frees it.
            completion.ended(Outcome.CLIENT_CLOSED);
            throw gone;
        } catch (ConnectionCut cut) {
            completion.ended(Outcome.CUT);
            turn.chat().end(turn.generation());
            throw cut;
        }
        turn.chat().end(turn.generation());
    }

    private void stream(Exchange exchange, Completion completion, Turn turn, Frames frames) throws IOException {
        Prompt prompt = turn.prompt();
        if (models.mustThink(prompt.model()) && !prompt.thinking()) {
            Step refusal = Frames.error("invalid_input", "details", "thinking_enabled must be true for this model");
            new StreamPlayer(exchange, turn.generation()).play(List.of(refusal));
            completion.ended(Outcome.REFUSED);
            return;
        }
        Answer answer = script.answerTo(prompt);
        List<Step> steps = exchange.strike().shaped(frames, AnswerSteps.of(answer, prompt, frames));
        Outcome outcome = new StreamPlayer(exchange, turn.generation()).play(steps);
        int said = Math.min(completion.textFrames(), answer.texts().size());
        store(turn, frames, answer.texts().subList(0, said));
        completion.ended(outcome);
    }

    private void video(Exchange exchange, Completion completion, Turn turn, Frames frames) throws IOException {
        Answer answer = script.answerTo(turn.prompt());
        String taskId = tasks.start(turn.prompt(), answer);
        String size = turn.prompt().body().path("size").asText("16:9");
        store(turn, frames, List.of());
        exchange.reply(Reply.success(
                exchange.request(),
                ids(frames) + "\"messages\":[{\"role\":\"assistant\",\"content\":\"\",\"extra\":{\"wanx\":{\"task_id\":\""
                        + taskId + "\"}},\"done\":false,\"size\":" + Json.quoted(size) + "}]}"));
        completion.ended(Outcome.FINISHED);
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

    private void store(Turn turn, Frames frames, List<String> texts) {
        turn.chat()
                .store(StoredTurn.of(
                        turn.prompt(),
                        frames,
                        texts,
                        clock.instant(),
                        clock.instant().plus(recordDelay)));
    }

    private static void refuse(Exchange exchange, Completion completion, Reply reply) throws IOException {
        exchange.reply(reply);
        completion.ended(Outcome.REFUSED);
    }
}
