package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import dev.qwen2api.upstream.qwen.stream.FrameDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes down the events of an answer, one line each. */
final class Heard implements AnswerListener, AnswerEvent.Visitor {

    private final List<String> lines = new ArrayList<>();
    final List<String> unknownPhases = new ArrayList<>();
    private Optional<Failure> failure = Optional.empty();

    /** The events of a body that comes in one piece. */
    static Heard of(String body) {
        return of(body.getBytes(StandardCharsets.UTF_8), List::of);
    }

    /** The events of a body that comes in the pieces that {@code cut} makes of it. */
    static Heard of(byte[] body, Function<ByteBuffer, List<ByteBuffer>> cut) {
        return of(AnswerContext.CHAT, body, cut);
    }

    /** The events of a body that answers such a request. */
    static Heard of(AnswerContext context, byte[] body, Function<ByteBuffer, List<ByteBuffer>> cut) {
        var heard = new Heard();
        var reader = new FrameDecoder(context, heard.unknownPhases::add);
        try {
            for (ByteBuffer piece : cut.apply(ByteBuffer.wrap(body).asReadOnlyBuffer())) {
                reader.feed(piece, heard);
            }
            reader.end(heard);
        } catch (UpstreamException broken) {
            heard.failed(broken.failure());
        }
        return heard;
    }

    void failed(Failure how) {
        failure = Optional.of(how);
        lines.add("failed " + how.kind());
    }

    /** Everything heard, without what it cost. */
    String story() {
        return lines.stream().filter(line -> !line.startsWith("usage")).collect(Collectors.joining("\n"));
    }

    /** Everything heard. */
    String all() {
        return String.join("\n", lines);
    }

    Failure failure() {
        return failure.orElseThrow();
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(this);
    }

    private void note(String line) {
        lines.add(line.replace("\n", "⏎"));
    }

    @Override
    public void reasoning(Reasoning event) {
        note("think " + event.text());
    }

    @Override
    public void text(Text event) {
        note("text " + event.text());
    }

    @Override
    public void toolCallOpened(ToolCallOpened event) {
        note("call " + event.name());
    }

    @Override
    public void toolCallArguments(ToolCallArguments event) {
        note("arguments " + event.json());
    }

    @Override
    public void sources(Sources event) {
        note("sources " + event.list().stream().map(Heard::source).collect(Collectors.joining(", ")));
    }

    private static String source(Source source) {
        return String.join("|", source.url(), source.title(), source.snippet(), source.site(), source.date());
    }

    @Override
    public void picture(Picture event) {
        note("picture " + event.url());
    }

    @Override
    public void video(AnswerEvent.Video event) {
        note("video " + event.url());
    }

    @Override
    public void usage(Usage event) {
        note("usage in " + event.input() + " out " + event.output() + " thought " + event.reasoning() + " cached "
                + event.cached());
    }

    @Override
    public void finished(Finished event) {
        note("finished " + event.reason());
    }
}
