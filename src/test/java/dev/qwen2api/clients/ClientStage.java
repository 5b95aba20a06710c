package dev.qwen2api.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.qwen2api.JarProcess;
import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Starts gateways for {@code scripts/clients} and {@code scripts/agents}: {@code ClientStage FOLDER RULES [WORD...]}.
 *
 * <p>The address of one that answers by the rules is {@code base}; it is a process of its own. With {@code --flaky} it
 * has two accounts, of which one breaks off every fifth answer. With {@code --fresh} there is none; instead {@code
 * fresh} is an address of the stage itself, which starts a gateway within this process and answers with its address:
 * {@code GET /base} one that answers by the rules, {@code GET /quota} one whose accounts have used up their quota,
 * {@code GET /down} one whose upstream has a firewall in front of it. It takes the place of the one of that name,
 * so no check meets what another left behind. NAME=VALUE are settings of all gateways. Prints one line of JSON with the
 * addresses, then runs until its standard input ends; what the stand-in was sent is in {@code FOLDER/wire.jsonl} then.
 */
public final class ClientStage {
    private static final String KEY = "sk-clients-only";

    private final Path folder;
    private final Map<String, String> more;
    private final int accounts;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, World> worlds = new LinkedHashMap<>();
    private int number;

    private ClientStage(Path folder, Map<String, String> more, int accounts) {
        this.folder = folder;
        this.more = more;
        this.accounts = accounts;
    }

    /** Starts, prints, waits for the end of the input, and stops what it started. */
    public static void main(String[] args) throws Exception {
        var stage =
                new ClientStage(Path.of(args[0]), settings(args), List.of(args).contains("--flaky") ? 2 : 4);
        try {
            ObjectNode addresses = new JsonMapper().createObjectNode().put("key", KEY);
            FakeQwen fake = stage.fake();
            if (List.of(args).contains("--fresh")) {
                addresses.put("fresh", stage.serveFresh(Path.of(args[1])));
            } else {
                ScriptedModel.install(fake, Path.of(args[1]));
                addresses.put("base", stage.gateway(fake));
            }
            if (List.of(args).contains("--flaky")) {
                flaky(fake);
            }
            System.out.println(addresses);
            System.out.flush();
            while (System.in.read() >= 0) {
                // until it ends
            }
            WireLog.write(fake, stage.folder.resolve("wire.jsonl"));
        } finally {
            stage.close();
        }
    }

    /** The account that is asked first breaks every fifth answer off after its first word. */
    private static void flaky(FakeQwen fake) {
        var first = new AtomicReference<String>("");
        var asked = new AtomicInteger();
        fake.faults().add(StreamFaults.resetAfterText(1).when(request -> {
            String user = request.userId().orElse("");
            first.compareAndSet("", user);
            return user.equals(first.get()) && asked.incrementAndGet() % 5 == 0;
        }));
    }

    private static Map<String, String> settings(String[] args) {
        var settings = new LinkedHashMap<String, String>();
        for (int i = 2; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            if (equals > 0) {
                settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
            }
        }
        return settings;
    }

    private FakeQwen fake() {
        FakeQwen fake = FakeQwen.start();
        open.add(fake);
        return fake;
    }

    /** Starts the server of the fresh gateways; its address. */
    private String serveFresh(Path rules) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/base", exchange -> {
            World world = fresh("base");
            ScriptedModel.install(world.fake, rules);
            answer(exchange, world);
        });
        server.createContext("/quota", exchange -> refusing(exchange, "quota", Refusals.rateLimited(4)));
        server.createContext("/down", exchange -> refusing(exchange, "down", Refusals.wafHtml()));
        server.start();
        open.add(() -> server.stop(0));
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void refusing(HttpExchange exchange, String name, Fault fault) throws IOException {
        World world = fresh(name);
        world.fake.faults().add(fault);
        answer(exchange, world);
    }

    private static void answer(HttpExchange exchange, World world) throws IOException {
        byte[] address = world.uri("").toString().getBytes(UTF_8);
        exchange.sendResponseHeaders(200, address.length);
        exchange.getResponseBody().write(address);
        exchange.close();
    }

    private World fresh(String name) {
        World before = worlds.remove(name);
        if (before != null) {
            before.close();
        }
        number++;
        var settings = new LinkedHashMap<String, String>(more);
        settings.put("API_KEY", KEY);
        World world = new World(folder.resolve(name + number), accounts, settings);
        worlds.put(name, world);
        return world;
    }

    private String gateway(FakeQwen fake) throws IOException {
        var cookies = new ArrayList<String>();
        for (int i = 0; i < accounts; i++) {
            cookies.add(fake.accounts().cookie(fake.accounts().newUser()));
        }
        var settings = new LinkedHashMap<String, String>();
        settings.put("API_KEY", KEY);
        settings.put("QWEN_CHAT_PROXY_URL", fake.baseUrl());
        settings.put("QWEN_AUTH_PROXY_URL", fake.baseUrl());
        settings.put("QWEN_COOKIES", String.join(",", cookies));
        settings.putAll(more);
        Path home = Files.createDirectories(folder.resolve("gateway"));
        JarProcess jar = JarProcess.start(home, settings);
        open.add(0, () -> {
            jar.stop();
            Files.write(home.resolve("gateway.log"), jar.log());
        });
        return jar.baseUrl();
    }

    private void close() throws Exception {
        for (World world : worlds.values()) {
            world.close();
        }
        for (AutoCloseable each : open) {
            each.close();
        }
    }
}
