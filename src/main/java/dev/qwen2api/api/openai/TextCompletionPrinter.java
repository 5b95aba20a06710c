package dev.qwen2api.api.openai;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.AnswerAccumulator.Rules;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;

/** Prints an answer as OpenAI's older text completion, streamed or whole, without thinking. Used by one thread. */
final class TextCompletionPrinter implements FramePrinter, BodyPrinter, AnswerAccumulator.Listener {

    private static final byte[] DATA = utf8("data: ");
    private static final byte[] UNFINISHED = utf8(",\"index\":0,\"logprobs\":null,\"finish_reason\":null}]}\n\n");
    private static final byte[] END = utf8("\n\n");

    private final byte[] head;
    private final byte[] choice;
    private final boolean includeUsage;
    private final AnswerAccumulator answer = new AnswerAccumulator(Rules.INTERLEAVED, true, this);
    private ByteArrayOutputStream out = new ByteArrayOutputStream(0);

    TextCompletionPrinter(Completion completion, boolean includeUsage) {
        this.includeUsage = includeUsage;
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(utf8("{\"id\":"));
        JsonStringWriter.quote(completion.id().replaceFirst("^chat", ""), bytes);
        bytes.writeBytes(utf8(",\"object\":\"text_completion\",\"created\":"
                + completion.created().getEpochSecond() + ",\"model\":"));
        JsonStringWriter.quote(completion.model(), bytes);
        this.head = bytes.toByteArray();
        bytes.writeBytes(utf8(",\"choices\":[{\"text\":"));
        this.choice = bytes.toByteArray();
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(answer);
    }

    @Override
    public byte[] body() {
        var body = new ByteArrayOutputStream();
        body.writeBytes(choice);
        JsonStringWriter.quote(answer.text(ItemType.TEXT), body);
        body.writeBytes(utf8(",\"index\":0,\"logprobs\":null,\"finish_reason\":\"" + finishReason() + "\"}],\"usage\":"
                + Completion.usage(answer.cost()) + "}"));
        return body.toByteArray();
    }

    private String finishReason() {
        return Completion.finishReason(answer.end().reason());
    }

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream next) {
        out = next;
        event.accept(answer);
    }

    @Override
    public void grew(Item item, String piece) {
        if (item.type() == ItemType.TEXT) {
            chunk(piece, UNFINISHED);
        }
    }

    @Override
    public void finished(AnswerEvent.Finished end) {
        chunk("", utf8(",\"index\":0,\"logprobs\":null,\"finish_reason\":\"" + finishReason() + "\"}]}\n\n"));
    }

    private void chunk(String text, byte[] rest) {
        out.writeBytes(DATA);
        out.writeBytes(choice);
        JsonStringWriter.quote(text, out);
        out.writeBytes(rest);
    }

    /** A chunk with an empty text. */
    @Override
    public void heartbeat(ByteArrayOutputStream next) {
        out = next;
        chunk("", UNFINISHED);
    }

    @Override
    public void fail(Problem problem, ByteArrayOutputStream next) {
        next.writeBytes(DATA);
        next.writeBytes(new ErrorCodec().print(problem));
        next.writeBytes(END);
    }

    @Override
    public void done(ByteArrayOutputStream next) {
        if (includeUsage) {
            next.writeBytes(DATA);
            next.writeBytes(head);
            String usage = Completion.usage(answer.cost());
            next.writeBytes(utf8(",\"choices\":[],\"usage\":" + usage + "}\n\n"));
        }
        next.writeBytes(utf8("data: [DONE]\n\n"));
    }
}
