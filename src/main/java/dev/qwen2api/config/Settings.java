package dev.qwen2api.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that can be set, in the words of the program: no text is left to parse. Built by {@link SettingsParser},
 * which has checked every range. Immutable; secrets show at most their last four characters.
 *
 * @param server where and how the gateway listens
 * @param keys who may use it
 * @param accounts the owner's Qwen accounts and how hard they are worked
 * @param upstream how the web API is reached
 * @param cli how the CLI channel is reached
 * @param output what clients see of an answer
 * @param models the names of models
 * @param limits how long things may take and how large they may be
 * @param logs what is logged, and where
 * @param database the SQLite file
 */
public record Settings(
        Server server,
        Keys keys,
        Accounts accounts,
        Upstream upstream,
        Cli cli,
        Output output,
        Models models,
        Limits limits,
        Logs logs,
        Path database) {

    /**
     * Where the gateway listens, and to whom it speaks without a key.
     *
     * @param address host name, IPv4 or IPv6 address, the last without brackets
     * @param port 0 to 65535; 0 takes any free port
     * @param corsOrigins origins that browsers may call from, {@code *} among them for all; empty allows none
     * @param metricsPublic whether metrics are served without a key
     */
    public record Server(String address, int port, List<String> corsOrigins, boolean metricsPublic) {

        public Server {
            corsOrigins = List.copyOf(corsOrigins);
        }
    }

    /**
     * Who may use the gateway.
     *
     * @param api keys that are all valid, without repeats; never empty
     * @param admin the key of the owner; where empty, any API key manages
     */
    public record Keys(List<Secret> api, Optional<Secret> admin) {

        public Keys {
            api = List.copyOf(api);
        }
    }

    /**
     * The owner's Qwen accounts, and how hard they are worked.
     *
     * @param cookies one {@code Cookie} header text per account, the n-th is {@code account_n}; may be empty
     * @param maxFailures consecutive failures that take an account out of the ring, at least 1
     * @param cooldown the first time out
     * @param maxConcurrent running generations per account; 0 is no limit
     * @param minGap pause between two generations of one account; may be zero
     */
    public record Accounts(
            List<Secret> cookies, int maxFailures, Duration cooldown, int maxConcurrent, Duration minGap) {

        public Accounts {
            cookies = List.copyOf(cookies);
        }
    }

    /**
     * How the web API is reached. Base URLs have no trailing slash, no query and no user.
     *
     * @param chatUrl base of the web API
     * @param authUrl base of session renewal
     * @param proxy HTTP proxy for all upstream traffic, the CLI channel's too
     * @param headers what marks the caller as a browser
     * @param chatPrewarm whether a chat is made ahead of the request that will use it
     * @param allowPrivateUrls whether image URLs may lead to loopback and private addresses; for tests only
     */
    public record Upstream(
            URI chatUrl,
            URI authUrl,
            Optional<Proxy> proxy,
            Headers headers,
            boolean chatPrewarm,
            boolean allowPrivateUrls) {}

    /**
     * What marks the gateway's requests as those of a browser.
     *
     * @param userAgent text of a desktop Chrome's {@code User-Agent}, printable ASCII
     * @param webVersion version of the web app that is claimed, such as {@code 0.3.12}
     * @param extra further headers, name to value, in order; each replaces the gateway's own of that name, whatever
     *     the case. The owner's browser session speaks through them, so the values are secrets
     */
    public record Headers(String userAgent, String webVersion, Map<String, Secret> extra) {

        public Headers {
            extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
        }
    }

    /**
     * An HTTP proxy.
     *
     * @param host name or address, the address of IPv6 without brackets
     * @param port 1 to 65535
     * @param login where the proxy asks for one
     */
    public record Proxy(String host, int port, Optional<Login> login) {}

    /** What a proxy asks for, percent-decoded. */
    public record Login(String user, Secret password) {}

    /**
     * How the CLI channel is reached.
     *
     * @param baseUrl base of an OpenAI-compatible API, like {@link UpstreamProbe#chatUrl()}
     * @param apiKey an official key, used when no OAuth credential works
     * @param fallback what serves the route when no credential works
     * @param dailyLimit requests per account and day, at least 1
     */
    public record Cli(URI baseUrl, Optional<Secret> apiKey, CliFallback fallback, int dailyLimit) {}

    /**
     * What clients see of an answer.
     *
     * @param think whether reasoning is shown at all
     * @param thinkFormat how it is shown
     * @param searchInfo how the sources of a web search are written
     * @param chatCleanup what becomes of the chats that the gateway made upstream
     */
    public record Output(boolean think, ThinkFormat thinkFormat, SearchInfoMode searchInfo, ChatCleanup chatCleanup) {}

    /**
     * The names of models.
     *
     * @param simpleList whether only the upstream's own ids are listed, without variants
     * @param aliases client's name to Qwen's name, in order
     * @param cacheTtl how long the catalogue counts as fresh; may be zero
     */
    public record Models(boolean simpleList, Map<String, String> aliases, Duration cacheTtl) {

        public Models {
            aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
        }
    }

    /**
     * How long things may take, and how large they may be.
     *
     * @param queueWait how long a request waits for a free account; may be zero
     * @param firstByte longest wait for the upstream's first sign of life
     * @param idle longest time without progress after that
     * @param heartbeat longest time in which nothing is sent to the client; zero sends no heartbeats
     * @param shutdownGrace how long running requests may go on after the order to stop; may be zero
     * @param maxRequestBytes size of the largest request body
     * @param maxRequests most requests that are answered at the same time; 0 is as many as the memory allows
     */
    public record Limits(
            Duration queueWait,
            Duration firstByte,
            Duration idle,
            Duration heartbeat,
            Duration shutdownGrace,
            long maxRequestBytes,
            int maxRequests) {}

    /**
     * What is logged, and where.
     *
     * @param level lowest level that is logged
     * @param toFile whether the log goes to files too
     * @param directory where those files are
     * @param maxFileBytes size at which a file is closed and the next begun
     * @param maxFiles how many files are kept, at least 1
     */
    public record Logs(LogLevel level, boolean toFile, Path directory, long maxFileBytes, int maxFiles) {}

    /** Where reasoning is shown: in {@code reasoning_content}, or between {@code <think>} tags in the text. */
    public enum ThinkFormat {
        FIELD,
        TAGS
    }

    /** How the sources of a web search are written: as a Markdown table or list. */
    public enum SearchInfoMode {
        TABLE,
        LIST
    }

    /** Whether chats that the gateway made are removed upstream after the reply. */
    public enum ChatCleanup {
        DELETE,
        KEEP
    }

    /** What serves the CLI route when no CLI credential works: nothing, or the web channel. */
    public enum CliFallback {
        NONE,
        WEB
    }

    /** Lowest level that is logged. */
    public enum LogLevel {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
