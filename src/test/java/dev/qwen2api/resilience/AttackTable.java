package dev.qwen2api.resilience;

import com.sun.management.ThreadMXBean;
import dev.qwen2api.account.Credential;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.filter.JsonModeFilter;
import dev.qwen2api.chat.filter.StopSequenceFilter;
import dev.qwen2api.config.CookieList;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.toolcall.ToolCallParser;
import dev.qwen2api.upstream.qwen.error.UpstreamQuote;
import dev.qwen2api.upstream.qwen.stream.SseReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Prints what inputs of strangers cost the parsers that read them, grown from 10 KB to their limit: CPU and allocated
 * bytes. Run by {@code scripts/attack-table}, whose output is {@code docs/attack-table.md}.
 */
public final class AttackTable {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long PATIENCE_SECONDS = 20;
    private static final int[] SIZES = {10 << 10, 100 << 10, 1 << 20, 10 << 20};

    private AttackTable() {}

    /** One input: its text is repeated to the size; parsers throw what they like. */
    private record Attack(String piece, int most, Parser parser) {}

    private interface Parser {
        void parse(String text) throws Exception;
    }

    private record Cost(double cpuSeconds, double megabytes) {}

    public static void main(String[] args) throws Exception {
        System.out.println("| Input, repeated | Size | CPU, s | Allocated, MB |\n|---|---:|---:|---:|");
        for (var attack : attacks().entrySet()) {
            measure(attack.getValue(), SIZES[0]);
            for (int size : SIZES) {
                if (size <= attack.getValue().most()) {
                    row(attack.getKey(), size, attack.getValue());
                }
            }
        }
        System.exit(0);
    }

    private static void row(String name, int size, Attack attack) throws Exception {
        Cost cost = measure(attack, size);
        String cpu = cost.cpuSeconds() < 0 ? "over " + PATIENCE_SECONDS : String.format("%.3f", cost.cpuSeconds());
        System.out.printf("| %s | %d KB | %s | %.1f |%n", name, size >> 10, cpu, cost.megabytes());
    }

    private static Cost measure(Attack attack, int size) throws Exception {
        String text = attack.piece().repeat(size / attack.piece().length());
        Callable<Cost> work = () -> {
            long cpu = THREADS.getCurrentThreadCpuTime();
            long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            try {
                attack.parser().parse(text);
            } catch (Exception | StackOverflowError refused) {
                // A refusal is as good as an answer here; the table shows what it cost.
            }
            return new Cost(
                    (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9,
                    (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - bytes) / 1048576.0);
        };
        var task = new FutureTask<>(work);
        var thread = new Thread(task, "attack");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException late) {
            return new Cost(-1, 0);
        }
    }

    private static Map<String, Attack> attacks() {
        var attacks = new LinkedHashMap<String, Attack>();
        int body = 10 << 20;
        attacks.put("body: tree of `{},`, unbounded", new Attack("{},", 1 << 20, text -> tree(text + "0")));
        attacks.put("body: tree of `[`", new Attack("[", body, AttackTable::tree));
        attacks.put("body: tree of `1,`, unbounded", new Attack("1,", 1 << 20, text -> tree(text + "0")));
        String hi = "{\"role\":\"user\",\"content\":\"hi\"},";
        attacks.put("body: tiny messages", new Attack(hi, 1 << 20, text -> chat("\"messages\":[" + cut(text) + "]")));
        attacks.put(
                "body: tiny parts",
                new Attack(
                        "{\"type\":\"text\",\"text\":\"a\"},",
                        1 << 20,
                        text -> chat("\"messages\":[{\"role\":\"user\",\"content\":[" + cut(text) + "]}]")));
        attacks.put(
                "body: one long text",
                new Attack(
                        "word ",
                        body,
                        text -> chat("\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]")));
        attacks.put("text: lone surrogates", new Attack("\ud800", body, WellFormedText::text));
        attacks.put("stop: four of 1,000, answer `a` by `a`", new Attack("a", 1 << 20, AttackTable::stops));
        attacks.put("JSON mode: white space, character by character", new Attack(" ", 1 << 20, AttackTable::json));
        attacks.put("model text: `{\"name\":1}\\n`", new Attack("{\"name\":1}\n", 1 << 20, AttackTable::calls));
        attacks.put(
                "model text: nested `{\"tool_calls\":[`",
                new Attack("{\"tool_calls\":[{\"function\":", 1 << 20, AttackTable::calls));
        attacks.put("model text: `<function=`", new Attack("<function=f>", 1 << 20, AttackTable::calls));
        attacks.put("model text: back-ticks", new Attack("```", 1 << 20, AttackTable::calls));
        attacks.put("frames: `data: {}`", new Attack("data: {}\n\n", body, AttackTable::frames));
        attacks.put("frames: one line", new Attack("x", body, AttackTable::frames));
        attacks.put("error text: `token=`", new Attack("token=", body, UpstreamQuote::of));
        attacks.put("cookie: `a=1; `", new Attack("a=1; ", 100 << 10, Credential::parse));
        attacks.put("cookies: `token=a,`", new Attack("token=a,", 1 << 20, CookieList::parse));
        attacks.put("cookies: quotes", new Attack("\"", 1 << 20, CookieList::parse));
        attacks.put(".env: `A=1`", new Attack("A=1\n", 1 << 20, AttackTable::env));
        attacks.put(".env: open quotes", new Attack("A=\"x\n", 1 << 20, AttackTable::env));
        return attacks;
    }

    private static String cut(String list) {
        return list.substring(0, list.length() - 1);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void tree(String values) throws Exception {
        JsonBody.read(stream("{\"messages\":[" + values + "]}"));
    }

    private static void chat(String members) throws Exception {
        new ChatCodec(Clock.systemUTC()).read(stream("{\"model\":\"m\"," + members + "}"));
    }

    private static void stops(String text) {
        String a = "a".repeat(999);
        var filter = new StopSequenceFilter(List.of(a + "b", a + "c", a + "d", a + "e"), event -> {});
        text.chars().forEach(c -> filter.on(new Text(String.valueOf((char) c))));
    }

    private static void json(String text) {
        var filter = new JsonModeFilter(AnswerFormat.JSON_OBJECT, AnswerRetry.NEVER, event -> {});
        text.chars().forEach(c -> filter.on(new Text(String.valueOf((char) c))));
    }

    private static void calls(String text) {
        var parser = new ToolCallParser(
                List.of(new Tool("f", "", "{\"type\":\"object\"}")),
                () -> "call_1",
                1_000_000,
                AnswerRetry.NEVER,
                event -> {});
        for (int i = 0; i < text.length(); i += 100) {
            parser.on(new Text(text.substring(i, Math.min(text.length(), i + 100))));
        }
        parser.on(new Finished(Finished.Reason.STOP));
    }

    private static void frames(String text) throws Exception {
        var reader = new SseReader(4 << 20);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i += 4096) {
            reader.feed(ByteBuffer.wrap(bytes, i, Math.min(4096, bytes.length - i)), (data, from, to) -> {});
        }
    }

    private static void env(String text) throws Exception {
        Path file = Files.createTempFile("attack", ".env");
        try {
            Files.writeString(file, text);
            EnvFile.read(file);
        } finally {
            Files.delete(file);
        }
    }
}
