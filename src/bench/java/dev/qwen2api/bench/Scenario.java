package dev.qwen2api.bench;

import dev.qwen2api.bench.Load.Plan;
import dev.qwen2api.bench.Load.Result;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The loads that are put on every target, and what is read off each. */
enum Scenario {
    /** One client: what a person feels. */
    LATENCY(new Shape(20, 2), 1, 150, 0),
    /** Short answers, one after the other. */
    SHORT(new Shape(20, 0), 32, 12_000, 0),
    /** Long answers at a model's pace. */
    PACED(new Shape(200, 15), 64, 64, 400),
    /** Long answers, each in one go. */
    BURST(new Shape(200, 0), 64, 6_000, 0),
    /** A thousand patient clients. */
    OPEN1000(new Shape(40, 250), 1_000, 1_000, 2_000),
    /** Five thousand. */
    OPEN5000(new Shape(56, 250), 5_000, 5_000, 5_000);

    private static final long WATCH_MILLIS = 100;

    private final Shape shape;
    private final int clients;
    private final int requests;
    private final int rampMillis;

    Scenario(Shape shape, int clients, int requests, int rampMillis) {
        this.shape = shape;
        this.clients = clients;
        this.requests = requests;
        this.rampMillis = rampMillis;
    }

    Result load(Target target, int percent) throws IOException {
        return new Load(new Plan(target, shape, clients, Math.max(clients, requests * percent / 100), rampMillis)).run();
    }

    /** Puts the load on {@code target} once and notes the figures. */
    void measure(Target target, Table table) throws IOException {
        long before = target.cpuMicros();
        var peak = new AtomicLong();
        Result result;
        try (Watch watch = Watch.on(target, peak)) {
            result = load(target, 100);
        }
        long cpu = target.cpuMicros() - before;
        note(target.name(), table, result, cpu, peak.get());
        result.errors().stream().distinct().limit(3).forEach(error -> System.err.println(target.name() + ": " + error));
    }

    private void note(String column, Table table, Result result, long cpu, long peakKib) {
        switch (this) {
            case LATENCY -> {
                table.add("1 client: first token p50, ms", column, result.first().at(50) / 1e6);
                table.add("1 client: first token p99, ms", column, result.first().at(99) / 1e6);
                table.add("1 client: whole answer p50, ms", column, result.whole().at(50) / 1e6);
                table.add("1 client: whole answer p99, ms", column, result.whole().at(99) / 1e6);
            }
            case SHORT -> {
                table.add("32 clients x 20 chunks: answers/s", column, result.answers() * 1e9 / result.nanos());
                table.add("32 clients x 20 chunks: CPU per answer, us", column, (double) cpu / result.answers());
            }
            case PACED -> table.add("64 clients, paced: CPU per chunk, us", column, (double) cpu / result.chunks());
            case BURST -> table.add("64 clients, bursts: CPU per chunk, us", column, (double) cpu / result.chunks());
            case OPEN1000, OPEN5000 -> {
                table.add(clients + " streams: peak RSS, MB", column, peakKib / 1024.0);
                table.add(clients + " streams: extra gap p50, ms", column, result.extraGaps().at(50) / 1e6);
                table.add(clients + " streams: extra gap p99, ms", column, result.extraGaps().at(99) / 1e6);
                table.add(clients + " streams: chunk delay p99, ms", column, result.chunkDelays().at(99) / 1e6);
                table.add(clients + " streams: CPU per chunk, us", column, (double) cpu / Math.max(1, result.chunks()));
            }
        }
        table.add(clients + "x" + shape.chunks() + " " + name().toLowerCase(java.util.Locale.ROOT) + ": errors", column, result.errors().size());
    }

    /** Looks at the memory of a target as long as it is open. */
    private record Watch(AtomicBoolean on, Thread thread) implements AutoCloseable {

        static Watch on(Target target, AtomicLong peak) {
            var on = new AtomicBoolean(true);
            var thread = new Thread(() -> {
                while (on.get()) {
                    peak.accumulateAndGet(target.rssKib(), Math::max);
                    try {
                        Thread.sleep(WATCH_MILLIS);
                    } catch (InterruptedException stopped) {
                        return;
                    }
                }
            });
            thread.start();
            return new Watch(on, thread);
        }

        @Override
        public void close() {
            on.set(false);
            thread.interrupt();
        }
    }
}
