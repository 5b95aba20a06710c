package dev.qwen2api.upstream.qwen;

import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import dev.qwen2api.upstream.qwen.stream.FrameDecoder;
import dev.qwen2api.api.anthropic.MessageEventPrinter;
import dev.qwen2api.api.anthropic.MessageHead;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.api.openai.ChunkPrinter;
import dev.qwen2api.api.openai.CompletionHead;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one chunk costs without any socket: the upstream's bytes are taken apart and a client's are written. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TranslationBenchmark {

    private static final int CHUNKS = 200;
    private static final String ID = "\"response_id\": \"6f1d1c1e-52c4-4b7e-9a55-0c2f7c3b7d10\"";
    private static final CompletionHead COMPLETION =
            new CompletionHead("chatcmpl-1", Instant.parse("2026-11-23T12:00:00Z"), "qwen-max");

    /** What the words of a chunk are: the usual ones, ones that need escapes, ones of several bytes a letter. */
    @Param({" and a few words", " \\\"quoted\\\"\\n\\tand told", " 今天天气不错，我们出去走走。"})
    public String words;

    private byte[] stream;

    @Setup
    public void write() {
        var all = new StringBuilder("data: {\"response.created\":{\"chat_id\": \"c-1\", \"parent_id\": \"p-1\", " + ID + "}}\n\n");
        for (int i = 0; i < CHUNKS; i++) {
            all.append("data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"")
                    .append(words)
                    .append("\", \"phase\": \"answer\", \"status\": \"typing\"}}], ")
                    .append(ID)
                    .append(", \"usage\": {\"input_tokens\": 1312, \"output_tokens\": 256, \"total_tokens\": 1568}}\n\n");
        }
        all.append("data: {\"choices\": [{\"delta\": {\"content\": \"\", \"role\": \"assistant\", \"status\": \"finished\",")
                .append(" \"phase\": \"answer\"}}], ")
                .append(ID)
                .append("}\n\n");
        stream = all.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Only taken apart. */
    @Benchmark
    @OperationsPerInvocation(CHUNKS)
    public int read() throws UpstreamException {
        int[] events = {0};
        new FrameDecoder(AnswerContext.CHAT, phase -> {}).feed(ByteBuffer.wrap(stream), event -> events[0]++);
        return events[0];
    }

    /** For a client that speaks OpenAI's dialect. */
    @Benchmark
    @OperationsPerInvocation(CHUNKS)
    public int toOpenAi() throws UpstreamException {
        return through(new ChunkPrinter(COMPLETION, false));
    }

    /** For a client that speaks Anthropic's. */
    @Benchmark
    @OperationsPerInvocation(CHUNKS)
    public int toAnthropic() throws UpstreamException {
        return through(new MessageEventPrinter(new MessageHead("msg_1", "qwen-max", 12, false, true)));
    }

    private int through(FramePrinter printer) throws UpstreamException {
        var out = new ByteArrayOutputStream(512);
        int[] written = {0};
        printer.open(out);
        new FrameDecoder(AnswerContext.CHAT, phase -> {}).feed(ByteBuffer.wrap(stream), event -> {
            printer.event(event, out);
            written[0] += out.size();
            out.reset();
        });
        printer.done(out);
        return written[0] + out.size();
    }
}
