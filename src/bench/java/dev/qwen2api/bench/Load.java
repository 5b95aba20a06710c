package dev.qwen2api.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Clients at work: so many connections, each asking for answers of one shape, driven by one thread. */
final class Load {

    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Plan plan;
    private final Numbers first = new Numbers();
    private final Numbers whole = new Numbers();
    private final Numbers chunkDelays = new Numbers();
    private final Numbers extraGaps = new Numbers();
    private final List<String> errors = new ArrayList<>();
    private long began;
    private long ended;
    private long chunks;
    private int asked;

    /**
     * @param clients connections at the same time
     * @param requests answers asked for in total, at least one by each client
     * @param rampMillis over how long the clients begin
     */
    record Plan(Target target, Shape shape, int clients, int requests, int rampMillis) {}

    /** What came of it; times in nanoseconds. */
    record Result(
            Numbers first, Numbers whole, Numbers chunkDelays, Numbers extraGaps, List<String> errors, long nanos, long chunks) {

        int answers() {
            return whole.count();
        }
    }

    Load(Plan plan) {
        this.plan = plan;
        this.asked = plan.clients();
    }

    Shape shape() {
        return plan.shape();
    }

    Result run() throws IOException {
        byte[] request = request();
        ByteBuffer in = ByteBuffer.allocateDirect(256 * 1024);
        List<ClientConnection> clients = new ArrayList<>();
        began = System.nanoTime();
        try (Selector selector = Selector.open()) {
            int[] open = {0};
            while (clients.size() < plan.clients() || open[0] > 0) {
                long elapsed = System.nanoTime() - began;
                if (elapsed > GIVE_UP_NANOS) {
                    failed("not over in time");
                    break;
                }
                for (int due = due(elapsed); clients.size() < due; open[0]++) {
                    ClientConnection client = new ClientConnection(this, request);
                    clients.add(client);
                    client.connect(plan.target().port(), selector);
                }
                selector.select(
                        key -> {
                            if (!ready(key, in)) {
                                open[0]--;
                            }
                        },
                        clients.size() < plan.clients() ? 1 : 100);
            }
        }
        clients.stream().filter(ClientConnection::isOpen).forEach(ClientConnection::close);
        ended = System.nanoTime();
        return new Result(first, whole, chunkDelays, extraGaps, errors, ended - began, chunks);
    }

    private static boolean ready(SelectionKey key, ByteBuffer in) {
        return ((ClientConnection) key.attachment()).ready(key, in);
    }

    private int due(long elapsed) {
        long ramp = TimeUnit.MILLISECONDS.toNanos(plan.rampMillis());
        return elapsed >= ramp ? plan.clients() : (int) (plan.clients() * elapsed / ramp);
    }

    private byte[] request() {
        String body = plan.shape().request();
        return ("POST " + plan.target().path() + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + Target.KEY
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    boolean goesOn() {
        if (asked >= plan.requests()) {
            return false;
        }
        asked++;
        return true;
    }

    void answered(long firstNanos, long wholeNanos) {
        first.add(firstNanos);
        whole.add(wholeNanos);
    }

    void chunk(long delay) {
        chunks++;
        chunkDelays.add(delay);
    }

    /** How much longer than planned a client waited for its next chunk; counted while all are there. */
    void gap(long now, long gap) {
        boolean all = now - began > TimeUnit.MILLISECONDS.toNanos(plan.rampMillis() + 500L);
        if (plan.shape().gapMillis() > 0 && all) {
            extraGaps.add(Math.max(0, gap - TimeUnit.MILLISECONDS.toNanos(plan.shape().gapMillis())));
        }
    }

    void failed(String why) {
        errors.add(why);
    }
}
