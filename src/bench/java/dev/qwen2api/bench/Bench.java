package dev.qwen2api.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures gateways against nginx and the bare stand-in, in turns, and prints one table. See {@code scripts/bench}. */
public final class Bench {

    private static final long SETTLE_MILLIS = 2_000;
    private static final int STARTS = 3;

    private final Options options;
    private final Path folder = Files.createTempDirectory("qwen2api-bench");
    private final Upstream upstream = new Upstream();
    private final Table table;

    private record Options(
            List<Gateway.Kind> gateways, List<Scenario> scenarios, int rounds, int warmUps, Path json, String nginx, boolean starts) {

        static Options of(String[] args) {
            List<Gateway.Kind> gateways = new ArrayList<>();
            List<Scenario> scenarios = new ArrayList<>();
            int rounds = 3;
            int warmUps = 3;
            Path json = Path.of("target/bench.json");
            String nginx = "";
            boolean starts = false;
            for (int i = 0; i + 1 < args.length; i += 2) {
                String value = args[i + 1];
                switch (args[i]) {
                    case "--gateway" -> gateways.add(Gateway.Kind.of(value));
                    case "--scenario" -> {
                        for (String name : value.toUpperCase(Locale.ROOT).split(",")) {
                            if (name.equals("START")) {
                                starts = true;
                            } else {
                                scenarios.add(Scenario.valueOf(name));
                            }
                        }
                    }
                    case "--rounds" -> rounds = Integer.parseInt(value);
                    case "--warm-ups" -> warmUps = Integer.parseInt(value);
                    case "--json" -> json = Path.of(value);
                    case "--nginx" -> nginx = value;
                    default -> throw new IllegalArgumentException("unknown: " + args[i]);
                }
            }
            return new Options(gateways, scenarios, rounds, warmUps, json, nginx, starts);
        }
    }

    private Bench(Options options) throws IOException {
        this.options = options;
        List<String> columns = new ArrayList<>(List.of("direct"));
        if (!options.nginx().isEmpty()) {
            columns.add("nginx");
        }
        options.gateways().forEach(kind -> columns.add(kind.name()));
        table = new Table(columns);
    }

    public static void main(String[] args) throws Exception {
        new Bench(Options.of(args)).run();
    }

    private void run() throws Exception {
        var thread = new Thread(upstream, "upstream");
        thread.setDaemon(true);
        thread.start();
        List<AutoCloseable> running = new ArrayList<>();
        try {
            if (options.starts()) {
                measureStarts();
            }
            if (!options.scenarios().isEmpty()) {
                measureLoads(targets(running));
            }
        } finally {
            for (AutoCloseable each : running) {
                each.close();
            }
            upstream.close();
        }
        System.out.print(table.print());
        Files.writeString(options.json(), table.json());
    }

    private List<Target> targets(List<AutoCloseable> running) throws IOException {
        List<Target> targets = new ArrayList<>();
        targets.add(new Target("direct", upstream.port(), "/api/v2/chat/completions?chat_id=c-1", List::of));
        if (!options.nginx().isEmpty()) {
            var nginx = new Nginx(options.nginx(), folder, upstream.port());
            running.add(nginx);
            targets.add(nginx.target());
        }
        for (Gateway.Kind kind : options.gateways()) {
            var gateway = new Gateway(kind, folder, upstream.port());
            running.add(gateway);
            targets.add(gateway.target());
        }
        return targets;
    }

    private void measureStarts() throws Exception {
        for (int round = 0; round < STARTS; round++) {
            for (Gateway.Kind kind : options.gateways()) {
                try (var gateway = new Gateway(kind, folder, upstream.port())) {
                    table.add("start to first 200, ms", kind.name(), gateway.startMillis());
                    Thread.sleep(SETTLE_MILLIS);
                    table.add("idle RSS, MB", kind.name(), gateway.target().rssKib() / 1024.0);
                    Scenario.SHORT.load(gateway.target(), 40);
                    Thread.sleep(SETTLE_MILLIS);
                    table.add("RSS after load, MB", kind.name(), gateway.target().rssKib() / 1024.0);
                }
            }
        }
    }

    private void measureLoads(List<Target> targets) throws Exception {
        for (Target target : targets) {
            for (int i = 0; i < options.warmUps(); i++) {
                Scenario.SHORT.load(target, 40);
                Scenario.BURST.load(target, 30);
            }
            if (options.scenarios().contains(Scenario.LATENCY)) {
                Scenario.LATENCY.load(target, 50);
            }
        }
        for (int round = 0; round < options.rounds(); round++) {
            System.err.println("round " + (round + 1) + " of " + options.rounds());
            for (Scenario scenario : options.scenarios()) {
                for (Target target : targets) {
                    scenario.measure(target, table);
                    Thread.sleep(300);
                }
            }
        }
    }
}
