package dev.qwen2api.resilience;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import dev.qwen2api.account.Credential;
import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.api.gemini.GeminiCodec;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.api.openai.responses.ResponseCache;
import dev.qwen2api.api.openai.responses.ResponseCache.OwnedResponses;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
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
import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import dev.qwen2api.upstream.qwen.stream.FrameDecoder;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Prints what inputs of strangers cost the parsers that read them, grown from 10 KB to their limit: CPU, allocated
 * bytes and heap. Building the input is not counted. Run by {@code scripts/attack-table}, whose output is in
 * {@code docs/attack-table.md}.
 */
public final class AttackTable {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final List<MemoryPoolMXBean> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    private static final long PATIENCE_SECONDS = 120;
    private static final int[] SIZES = {10 << 10, 100 << 10, 1 << 20};

    /** Rounds of the smallest size that go before, so that the others are not measured in the interpreter. */
    private static final int WARM_UPS = 30;

    private static final int BODY = 40 << 20;
    private static final int ANSWER = 1 << 20;
    private static final int REPLY = 8 << 20;

    private static final String HI = "{\"role\":\"user\",\"content\":\"hi\"},";
    private static final String CALL = "{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\"}},";
    private static final String ITEM =
            "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"\"},";
    private static final String FIELD = "--cut\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n";
    private static final String FILE =
            "--cut\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n";
    private static final String RESPONSE = "0123456789abcdef0123456789abcdef";

    private static final String ITEM_REST =
            ",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"a\"}]}";

    private static final Map<String, Attack<?>> ATTACKS = new LinkedHashMap<>();

    private AttackTable() {}

    /**
     * One input.
     *
     * @param piece what is repeated to the size
     * @param most the largest size
     * @param input makes what the parser reads
     * @param parser may throw what it likes
     */
    private record Attack<T>(String piece, int most, Input<T> input, Parser<T> parser) {}

    private interface Input<T> {
        T of(String text) throws Exception;
    }

    private interface Parser<T> {
        void parse(T input) throws Exception;
    }

    private record Cost(double cpuSeconds, double allocated, double peak) {}

    public static void main(String[] args) throws Exception {
        bodies();
        forms();
        replies();
        answers();
        settings();
        System.out.println(
                "| Input, repeated | Size | CPU, s | Allocated, MB | Peak heap, MB |\n|---|---:|---:|---:|---:|");
        for (var attack : ATTACKS.entrySet()) {
            Attack<?> each = attack.getValue();
            for (int i = 0; i < WARM_UPS; i++) {
                measure(each, SIZES[0]);
            }
            for (int size : SIZES) {
                if (size <= each.most()) {
                    row(attack.getKey(), size, each);
                }
            }
            if (each.most() > SIZES[SIZES.length - 1]) {
                row(attack.getKey(), each.most(), each);
            }
        }
        System.exit(0);
    }

    private static void row(String name, int size, Attack<?> attack) throws Exception {
        System.gc();
        Cost cost = measure(attack, size);
        String cpu = cost.cpuSeconds() < 0 ? "over " + PATIENCE_SECONDS : String.format("%.3f", cost.cpuSeconds());
        System.out.printf("| %s | %d KB | %s | %.1f | %.0f |%n", name, size >> 10, cpu, cost.allocated(), cost.peak());
    }

    private static <T> Cost measure(Attack<T> attack, int size) throws Exception {
        T input = attack.input().of(attack.piece().repeat(size / attack.piece().length()));
        Callable<Cost> work = () -> {
            HEAP.forEach(MemoryPoolMXBean::resetPeakUsage);
            long held = peak();
            long id = Thread.currentThread().getId();
            long bytes = THREADS.getThreadAllocatedBytes(id);
            long cpu = THREADS.getCurrentThreadCpuTime();
            try {
                attack.parser().parse(input);
            } catch (Exception | StackOverflowError refused) {
                // A refusal is as good as an answer here; the table shows what it cost.
            }
            return new Cost(
                    (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9,
                    (THREADS.getThreadAllocatedBytes(id) - bytes) / 1048576.0,
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

    private static <T> void add(String name, String piece, int most, Input<T> input, Parser<T> parser) {
        ATTACKS.put(name, new Attack<>(piece, most, input, parser));
    }

    /** A parser that reads the text as it is. */
    private static void text(String name, String piece, int most, Parser<String> parser) {
        add(name, piece, most, text -> text, parser);
    }

    /** A body of JSON that holds the pieces; a comma at their end is cut off. */
    private static void body(String name, String piece, String before, String after, Parser<InputStream> parser) {
        add(
                name,
                piece,
                BODY,
                text -> utf8(before + cut(text) + after),
                bytes -> parser.parse(BodyAttacks.body(bytes)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String cut(String list) {
        return list.endsWith(",") ? list.substring(0, list.length() - 1) : list;
    }

    private static void bodies() {
        Parser<InputStream> chat = body -> new ChatCodec(Clock.systemUTC()).read(body);
        Parser<InputStream> messages = body -> new MessagesCodec().read(body);
        Parser<InputStream> gemini =
                body -> new GeminiCodec().generation("m", false).read(body);
        String asked = "{\"model\":\"m\",\"messages\":[";
        String before = "{\"messages\":[";
        body("body: tree of `{},`", "{},", before, "]}", JsonBody::read);
        body("body: tree of `[`", "[", before, "]}", JsonBody::read);
        body("body: tree of `1,`", "1,", before, "]}", JsonBody::read);
        body("body: names", "\"a\":1,", "{", "}", JsonBody::read);
        body("chat: tiny messages", HI, asked, "]}", chat);
        body(
                "chat: tiny parts",
                "{\"type\":\"text\",\"text\":\"a\"},",
                asked + "{\"role\":\"user\",\"content\":[",
                "]}]}",
                chat);
        body("chat: one long text", "word ", asked + "{\"role\":\"user\",\"content\":\"", "\"}]}", chat);
        body("chat: lone surrogates", "\\ud800", asked + "{\"role\":\"user\",\"content\":\"", "\"}]}", chat);
        body("chat: calls of one message", CALL, asked + HI + "{\"role\":\"assistant\",\"tool_calls\":[", "]}]}", chat);
        body("Responses: calls", ITEM, "{\"model\":\"m\",\"input\":[", "]}", body -> responses(body, stored("")));
        add(
                "Responses: references to items of one stored response",
                "{\"id\":\"msg_" + RESPONSE + "_12345\"},",
                1 << 20,
                AttackTable::references,
                known -> responses(BodyAttacks.body(known.body()), known.stored()));
        body("Messages: tiny turns", HI, "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[", "]}", messages);
        body(
                "Messages: tiny blocks",
                "{\"type\":\"text\",\"text\":\"a\"},",
                "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[",
                "]}]}",
                messages);
        body("Gemini: tiny parts", "{\"text\":\"a\"},", "{\"contents\":[{\"parts\":[", "]}]}", gemini);
        for (String coding : List.of("GZIP", "DEFLATE", "BR", "ZSTD")) {
            String name = "packed with " + (coding.equals("BR") ? "Brotli" : coding.toLowerCase(Locale.ROOT));
            packed(name + ": `{},`", "{},", coding, "{\"a\":[", "]}");
            packed(name + ": spaces", " ", coding, "{", "}");
        }
    }

    /** A body that is small on its way; the size is what comes out. */
    private static void packed(String name, String piece, String coding, String before, String after) {
        add(
                name,
                piece,
                BODY,
                text -> pack(coding, utf8(before + cut(text) + after)),
                bytes -> JsonBody.read(BodyAttacks.unpacked(coding, bytes)));
    }

    private static byte[] pack(String coding, byte[] plain) throws Exception {
        if (coding.equals("ZSTD")) {
            return Zstd.compress(plain, 1);
        }
        if (coding.equals("BR")) {
            return brotli(plain);
        }
        var packed = new ByteArrayOutputStream();
        try (var out = coding.equals("GZIP") ? new GZIPOutputStream(packed) : new DeflaterOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    /** Packed by Node.js, since the Brotli library of the jar only unpacks. */
    private static byte[] brotli(byte[] plain) throws Exception {
        Path input = Files.write(Files.createTempFile("attack", ".plain"), plain);
        try {
            String script = "process.stdout.write(zlib.brotliCompressSync(fs.readFileSync(0), {params: {1: 5}}))";
            Process node = new ProcessBuilder("node", "-e", script)
                    .redirectInput(input.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return node.getInputStream().readAllBytes();
        } finally {
            Files.delete(input);
        }
    }

    private record Known(byte[] body, OwnedResponses stored) {}

    /** As many references, each to another item of one response. */
    private static Known references(String text) {
        int many = text.length() / ("msg_" + RESPONSE + "_12345").length();
        String ids = IntStream.range(0, many)
                .mapToObj(i -> "{\"id\":\"msg_" + RESPONSE + "_" + i + "\"}")
                .collect(Collectors.joining(","));
        return new Known(utf8("{\"model\":\"m\",\"input\":[" + ids + "]}"), stored(ids.replace("}", ITEM_REST)));
    }

    private static OwnedResponses stored(String items) {
        var cache = new ResponseCache(new ResponseCache.Capacity(500, 1L << 30)).ownedBy("a");
        cache.put(new StoredResponse("resp_" + RESPONSE, "{\"output\":[" + items + "]}", List.of()));
        return cache;
    }

    private static void responses(InputStream body, OwnedResponses stored) throws Exception {
        new ResponsesCodec(Clock.systemUTC()).read(body, stored);
    }

    private static void forms() {
        add("form: tiny fields", FIELD + "a\r\n", BODY, text -> utf8(text + "--cut--"), BodyAttacks::form);
        add("form: one field", "\r\n--cu", BODY, text -> utf8(FIELD + text), BodyAttacks::form);
        add("form: one file", "a", BODY, text -> utf8(FILE + text + "\r\n--cut--"), BodyAttacks::form);
        add("form: one header", "a", BODY, text -> utf8("--cut\r\n" + text), BodyAttacks::form);
        text("picture as base64", "AAAA", BODY, MediaAttacks::base64);
        add(
                "download: beyond its limit of 20 MB",
                "a",
                BODY,
                AttackTable::utf8,
                bytes -> MediaAttacks.download(bytes, 20 << 20));
    }

    private static void replies() {
        add("catalogue: models", "{\"id\":\"a\"},", REPLY, AttackTable::list, ReplyAttacks::catalogue);
        add("catalogue: tree of `{},`", "{},", REPLY, AttackTable::list, ReplyAttacks::catalogue);
        add("reply: tree of `{},`", "{},", 4 << 20, AttackTable::list, ReplyAttacks::chat);
        text("reply: error text of `token=`", "token=", 4 << 20, UpstreamQuote::of);
        add("frames: `data: {}`", "data: {}\n\n", BODY, AttackTable::utf8, AttackTable::frames);
        add("frames: one line", "x", BODY, AttackTable::utf8, AttackTable::frames);
        add("frames: tree of `{},` in one", "{},", 4_000 << 10, AttackTable::frameOfTree, AttackTable::answer);
        text("`Set-Cookie`: one line", "a=1; ", 1 << 20, text -> ReplyAttacks.setCookies(List.of(text)));
        add("`Set-Cookie`: many lines", "a=1\n", 1 << 20, text -> text.lines().toList(), ReplyAttacks::setCookies);
    }

    private static byte[] list(String models) {
        return utf8("{\"data\":[" + cut(models) + "]}");
    }

    private static void frames(byte[] bytes) throws Exception {
        var reader = new SseReader(4 << 20);
        for (int i = 0; i < bytes.length; i += 4096) {
            reader.feed(ByteBuffer.wrap(bytes, i, Math.min(4096, bytes.length - i)), (data, from, to) -> {});
        }
    }

    private static byte[] frameOfTree(String values) {
        return utf8("data: {\"choices\":[{\"delta\":{\"extra\":[" + cut(values) + "]}}]}\n\n");
    }

    private static void answer(byte[] bytes) throws Exception {
        var reader = new FrameDecoder(AnswerContext.CHAT, phase -> {});
        for (int i = 0; i < bytes.length; i += 4096) {
            reader.feed(ByteBuffer.wrap(bytes, i, Math.min(4096, bytes.length - i)), event -> {});
        }
    }

    private static void answers() {
        text("stop: four of 1,000, answer `a` by `a`", "a", ANSWER, AttackTable::stops);
        text("JSON mode: white space, character by character", " ", ANSWER, AttackTable::json);
        text("model text: `{\"name\":1}\\n`", "{\"name\":1}\n", ANSWER, AttackTable::calls);
        text("model text: nested `{\"tool_calls\":[`", "{\"tool_calls\":[{\"function\":", ANSWER, AttackTable::calls);
        text("model text: `<function=`", "<function=f>", ANSWER, AttackTable::calls);
        text("model text: back-ticks", "```", ANSWER, AttackTable::calls);
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

    private static void settings() {
        text("cookie: `a=1; `", "a=1; ", 100 << 10, Credential::parse);
        text("cookies: `token=a,`", "token=a,", 1 << 20, CookieList::parse);
        text("cookies: quotes", "\"", 1 << 20, CookieList::parse);
        add(".env: `A=1`", "A=1\n", 1 << 20, AttackTable::env, EnvFile::read);
        add(".env: open quotes", "A=\"x\n", 1 << 20, AttackTable::env, EnvFile::read);
    }

    private static Path env(String text) throws Exception {
        Path file = Files.createTempFile("attack", ".env");
        file.toFile().deleteOnExit();
        return Files.writeString(file, text);
    }
}
