package dev.qwen2api.fakeqwen;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the stand-in as a process of its own, for demonstrations and benchmarks.
 *
 * <p>{@code --port N} (default any), {@code --accounts N} (default 2), {@code --delay-ms N} (default 0, before each
 * piece of text), {@code --record N} (default 0 requests). It prints lines that can be put into an {@code .env}, then
 * runs until it is killed.
 */
public final class FakeQwenMain {
    private FakeQwenMain() {}

    /** Starts and waits. */
    public static void main(String[] args) throws InterruptedException {
        FakeQwenOptions options = FakeQwenOptions.standard()
                .withPort(number(args, "--port", 0))
                .withChunkDelay(Duration.ofMillis(number(args, "--delay-ms", 0)))
                .withRecordLimit(number(args, "--record", 0));
        try (FakeQwen fake = FakeQwen.start(options)) {
            print(fake, number(args, "--accounts", 2), System.out);
            new CountDownLatch(1).await();
        }
    }

    static void print(FakeQwen fake, int accounts, PrintStream out) {
        List<String> cookies = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            cookies.add(fake.accounts().cookie(fake.accounts().newUser()));
        }
        out.println("QWEN_CHAT_PROXY_URL=" + fake.baseUrl());
        out.println("QWEN_AUTH_PROXY_URL=" + fake.baseUrl());
        out.println("QWEN_CLI_PROXY_URL=" + fake.baseUrl());
        out.println("QWEN_COOKIES=" + String.join(",", cookies));
        out.flush();
    }

    private static int number(String[] args, String name, int otherwise) {
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals(name)) {
                return Integer.parseInt(args[i + 1]);
            }
        }
        return otherwise;
    }
}
