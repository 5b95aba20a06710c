package dev.qwen2api.fakeqwen;

import java.time.Duration;

/**
 * The stand-in for Qwen: web API, session renewal, storage, media and portal on one port of 127.0.0.1.
 *
 * <p>A test starts one, scripts answers, places faults, points the gateway at {@link #baseUrl()} and looks at the
 * recorder. Safe for use by several threads. Closing it closes every connection.
 */
public final class FakeQwen implements AutoCloseable {
    private final SocketServer server;
    private final Parts parts;
    private final Signal changes = new Signal();

    private FakeQwen(FakeQwenOptions options) {
        server = new SocketServer(options.port(), changes);
        String baseUrl = "http://127.0.0.1:" + server.port();
        Recorder recorder = new Recorder(options.recordLimit(), options.clock(), changes);
        DefaultAnswers defaults = new DefaultAnswers(baseUrl, options.chunkDelay());
        FakeAccounts accounts = new FakeAccounts(options.clock());
        parts = new Parts(
                options,
                baseUrl,
                accounts,
                new FakeOauth(options.clock(), baseUrl),
                new FakeModels(accounts),
                new Chats(options.clock(), recorder),
                new Uploads(options.clock()),
                new VideoTasks(),
                new Script(defaults::answerTo),
                new FaultPlan(),
                recorder);
        Router router = new Router(parts);
        server.start(socket -> new HttpConnection(socket, router, options.clock()).serve());
    }

    /** Starts a fake on a free port. */
    public static FakeQwen start() {
        return start(FakeQwenOptions.standard());
    }

    /** Starts a fake. */
    public static FakeQwen start(FakeQwenOptions options) {
        return new FakeQwen(options);
    }

    /** {@code http://127.0.0.1:port}, good for the web API, the auth host and the portal alike. */
    public String baseUrl() {
        return parts.baseUrl();
    }

    /** The port. */
    public int port() {
        return server.port();
    }

    /** Tokens and cookies. */
    public FakeAccounts accounts() {
        return parts.accounts();
    }

    /** Device flow and portal tokens. */
    public FakeOauth oauth() {
        return parts.oauth();
    }

    /** The catalogue. */
    public FakeModels models() {
        return parts.models();
    }

    /** Which answer goes to which prompt. */
    public Script script() {
        return parts.script();
    }

    /** What goes wrong. */
    public FaultPlan faults() {
        return parts.faults();
    }

    /** What was seen. */
    public Recorder recorder() {
        return parts.recorder();
    }

    /** The chats that exist. */
    public Chats chats() {
        return parts.chats();
    }

    /** The files that were uploaded. */
    public Uploads uploads() {
        return parts.uploads();
    }

    /** How many connections are open. */
    public int openConnections() {
        return server.openConnections();
    }

    /** Waits until no more than so many connections are open. */
    public boolean awaitOpenConnections(int most, Duration wait) {
        return changes.await(() -> server.openConnections() <= most, wait);
    }

    @Override
    public void close() {
        server.close();
    }
}
