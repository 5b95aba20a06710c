package dev.qwen2api.resilience;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import dev.qwen2api.account.Credential;
import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.api.gemini.GeminiCodec;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.api.openai.responses.ResponseCache;
import dev.qwen2api.api.openai.responses.ResponsesCodec;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.filter.JsonModeFilter;
import dev.qwen2api.chat.filter.StopSequenceFilter;
import dev.qwen2api.config.CookieList;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.http.server.BodyAttacks;
import dev.qwen2api.media.MediaAttacks;
import dev.qwen2api.toolcall.ToolCallParser;
import dev.qwen2api.upstream.qwen.ReplyAttacks;
import dev.qwen2api.upstream.qwen.error.UpstreamQuote;
import dev.qwen2api.upstream.qwen.stream.SseReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Prints what inputs of strangers cost the parsers that read them, grown from 10 KB to their limit: CPU and allocated
 * bytes. Run by {@code scripts/attack-table}, whose output is {@code docs/attack-table.md}.
 */
public final class AttackTable {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final List<MemoryPoolMXBean> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    private static final long PATIENCE_SECONDS = 120;
    private static final int[] SIZES = {10 << 10, 100 << 10, 1 << 20, 10 << 20, 40 << 20};

    private static final String CALL = "{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\"}},";
    private static final String ITEM =
            "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"\"},";
    private static final String FIELD = "--cut\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n";
    private static final String FILE =
            "--cut\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n";

    private AttackTable() {}

    /** One input: its text is repeated to the size; parsers throw what they like. */
    private record Attack(String piece, int most, Parser parser) {}

    private interface Parser {
        void parse(String text) throws Exception;
    }

    private record Cost(double cpuSeconds, double allocated, double peak) {}

    public static void main(String[] args) throws Exception {
        System.out.println(
                "| Input, repeated | Size | CPU, s | Allocated, MB | Peak heap, MB |\n|---|---:|---:|---:|---:|");
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
        System.out.printf("| %s | %d KB | %s | %.1f | %.0f |%n", name, size >> 10, cpu, cost.allocated(), cost.peak());
    }

    private static Cost measure(Attack attack, int size) throws Exception {
        String text = attack.piece().repeat(size / attack.piece().length());
        Callable<Cost> work = () -> {
            System.gc();
            HEAP.forEach(MemoryPoolMXBean::resetPeakUsage);
            long held = peak();
            long cpu = THREADS.getCurrentThreadCpuTime();
            long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            try {
                attack.parser().parse(text);
            } catch (Exception | StackOverflowError refused) {
                // A refusal is as good as an answer here; the table shows what it cost.
            }
            return new Cost(
                    (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9,
                    (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - bytes) / 1048576.0,
                    (peak() - held) / 1048576.0);
        };
        var task = new FutureTask<>(work);
        var thread = new Thread(task, "attack");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException late) {
            return new Cost(-1, 0, 0);
        }
    }

    /** The most that the heap held since the last reset, with what nobody needed any more. */
    private static long peak() {
        return HEAP.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    private static Map<String, Attack> attacks() {
        var attacks = new LinkedHashMap<String, Attack>();
        int body = 40 << 20;
        attacks.put("body: tree of `{},`", new Attack("{},", body, text -> tree(text + "0")));
        attacks.put("body: tree of `[`", new Attack("[", body, AttackTable::tree));
        attacks.put("body: tree of `1,`", new Attack("1,", body, text -> tree(text + "0")));
        String hi = "{\"role\":\"user\",\"content\":\"hi\"},";
        attacks.put("body: tiny messages", new Attack(hi, body, text -> chat("\"messages\":[" + cut(text) + "]")));
        attacks.put(
                "body: tiny parts",
                new Attack(
                        "{\"type\":\"text\",\"text\":\"a\"},",
                        body,
                        text -> chat("\"messages\":[{\"role\":\"user\",\"content\":[" + cut(text) + "]}]")));
        attacks.put(
                "body: one long text",
                new Attack(
                        "word ",
                        body,
                        text -> chat("\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]")));
        attacks.put("body: calls of one message", new Attack(CALL, body, text -> chat(listed(text))));
        attacks.put("Responses: calls", new Attack(ITEM, body, text -> responses(cut(text))));
        attacks.put(
                "Responses: references",
                new Attack("{\"id\":\"msg_0123456789abcdef0123456789abcdef_0\"},", body, text -> responses(cut(text))));
        attacks.put("Messages: tiny turns", new Attack(hi, body, text -> messages(cut(text))));
        attacks.put("Gemini: tiny parts", new Attack("{\"text\":\"a\"},", body, text -> gemini(cut(text))));
        packed(attacks);
        attacks.put("form: tiny fields", new Attack(FIELD + "a\r\n", body, text -> BodyAttacks.form(text + "--cut--")));
        attacks.put("form: one field", new Attack("\r\n--cu", body, text -> BodyAttacks.form(FIELD + text)));
        attacks.put("form: one file", new Attack("a", body, text -> BodyAttacks.form(FILE + text + "\r\n--cut--")));
        attacks.put("form: one header", new Attack("a", body, text -> BodyAttacks.form("--cut\r\n" + text)));
        attacks.put("picture as base64", new Attack("AAAA", body, MediaAttacks::base64));
        attacks.put("download: beyond its limit", new Attack("a", body, text -> MediaAttacks.download(text, 20 << 20)));
        attacks.put(
                "catalogue: models",
                new Attack("{\"id\":\"a\"},", 8 << 20, text -> ReplyAttacks.catalogue(list(text))));
        attacks.put("catalogue: tree of `{},`", new Attack("{},", 8 << 20, text -> ReplyAttacks.catalogue(list(text))));
        attacks.put("reply: tree of `{},`", new Attack("{},", 4 << 20, text -> ReplyAttacks.chat(list(text))));
        attacks.put(
                "`Set-Cookie`: one line", new Attack("a=1; ", 1 << 20, text -> ReplyAttacks.setCookies(List.of(text))));
        attacks.put(
                "`Set-Cookie`: many lines",
                new Attack(
                        "a=1\n",
                        1 << 20,
                        text -> ReplyAttacks.setCookies(text.lines().toList())));
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

    /** Bodies that are small on their way; the size is what comes out. */
    private static void packed(Map<String, Attack> attacks) {
        for (String coding : List.of("GZIP", "DEFLATE", "ZSTD")) {
            String name = "packed with " + coding.toLowerCase(Locale.ROOT);
            attacks.put(
                    name + ": `{},`", new Attack("{},", 40 << 20, text -> unpack(coding, "{\"a\":[" + text + "0]}")));
            attacks.put(name + ": spaces", new Attack(" ", 40 << 20, text -> unpack(coding, "{" + text + "}")));
        }
    }

    private static void unpack(String coding, String text) throws Exception {
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        var packed = new ByteArrayOutputStream();
        if (coding.equals("ZSTD")) {
            packed.writeBytes(Zstd.compress(plain, 1));
        } else {
            try (var out = coding.equals("GZIP") ? new GZIPOutputStream(packed) : new DeflaterOutputStream(packed)) {
                out.write(plain);
            }
        }
        JsonBody.read(BodyAttacks.unpacked(coding, packed.toByteArray()));
    }

    private static String list(String models) {
        return "{\"data\":[" + cut(models) + "]}";
    }

    private static String listed(String list) {
        return "\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":["
                + cut(list) + "]}]";
    }

    private static void responses(String items) throws Exception {
        var cache = new ResponseCache(new ResponseCache.Capacity(500, 8_000_000)).ownedBy("a");
        new ResponsesCodec(Clock.systemUTC()).read(stream("{\"model\":\"m\",\"input\":[" + items + "]}"), cache);
    }

    private static void messages(String turns) throws Exception {
        new MessagesCodec().read(stream("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[" + turns + "]}"));
    }

    private static void gemini(String parts) throws Exception {
        new GeminiCodec().generation("m", false).read(stream("{\"contents\":[{\"parts\":[" + parts + "]}]}"));
    }

    private static String cut(String list) {
        return list.substring(0, list.length() - 1);
    }

    private static InputStream stream(String text) {
        return BodyAttacks.body(text.getBytes(StandardCharsets.UTF_8));
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
