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
 * All settings, parsed and checked by {@link SettingsParser}. Immutable.
 *
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
     * The HTTP server.
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
     * The keys of clients.
     *
     * @param api distinct, never empty
     * @param admin the owner's key; without it any API key manages
     */
    public record Keys(List<Secret> api, Optional<Secret> admin) {

        public Keys {
            api = List.copyOf(api);
        }
    }

    /**
     * The owner's Qwen accounts and their load.
     *
     * @param cookies one {@code Cookie} header text per account, the n-th is {@code account_n}; may be empty
     * @param maxFailures consecutive failures that take an account out of the ring, at least 1
     * @param cooldown the first cooldown
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
     * The web API. Base URLs have no trailing slash, no query and no user.
     *
     * @param chatUrl base of the web API
     * @param authUrl base of session renewal
     * @param proxy HTTP proxy for all upstream traffic, the CLI channel's too
     * @param promptMaxBytes most bytes of the JSON body of a request for an answer
     * @param nativeTools whether the service's own tools stay as they are
     * @param allowPrivateUrls whether image URLs may lead to loopback and private addresses; for tests only
     */
    public record Upstream(
            URI chatUrl,
            URI authUrl,
            Optional<Proxy> proxy,
            Headers headers,
            int promptMaxBytes,
            boolean allowPrivateUrls,
            NativeTools nativeTools) {}

    /** The service's own tools, such as its web search, in the accounts' settings. */
    public enum NativeTools {
        /** The settings are not touched. */
        KEEP,
        OFF
    }

    /**
     * The headers of the owner's browser.
     *
     * @param userAgent text of a desktop Chrome's {@code User-Agent}, printable ASCII
     * @param webVersion version of the web app, such as {@code 0.3.12}
     * @param extra further headers in order; each replaces the gateway's own of that name, ignoring case
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
     * @param login if the proxy requires one
     */
    public record Proxy(String host, int port, Optional<Login> login) {}

    /** The credentials for a proxy, percent-decoded. */
    public record Login(String user, Secret password) {}

    /**
     * The CLI channel.
     *
     * @param baseUrl base of an OpenAI-compatible API, like {@link Upstream#chatUrl()}
     * @param apiKey an official key, used when no OAuth credential works
     * @param dailyLimit requests per account and day, at least 1
     */
    public record Cli(URI baseUrl, Optional<Secret> apiKey, CliFallback fallback, int dailyLimit) {}

    /**
     * The form of answers.
     *
     * @param think whether reasoning is shown
     * @param chatReuseTime how long a chat waits for the client's next message
     */
    public record Output(
            boolean think,
            ThinkFormat thinkFormat,
            SearchInfoMode searchInfo,
            ChatCleanup chatCleanup,
            ChatReuse chatReuse,
            Duration chatReuseTime) {}

    /**
     * The model list.
     *
     * @param simpleList whether variants are left out
     * @param aliases client's name, or a prefix with {@code *}, to Qwen's name, in order
     * @param cacheTtl how long the catalogue is fresh; may be zero
     */
    public record Models(boolean simpleList, Map<String, String> aliases, Duration cacheTtl) {

        public Models {
            aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
        }
    }

    /**
     * Limits of time and size.
     *
     * @param queueWait how long a request waits for a free account; may be zero
     * @param firstByte first byte timeout of the upstream
     * @param idle idle timeout after that
     * @param heartbeat keep-alive interval towards the client; zero sends none
     * @param shutdownGrace how long running requests may continue during shutdown; may be zero
     * @param maxRequestBytes size of the largest request body
     * @param maxRequests concurrent requests; 0 derives the limit from the heap
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
     * The log.
     *
     * @param toFile whether it is written to files too
     * @param maxFileBytes size at which a file is rotated
     * @param maxFiles files kept, at least 1
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

    /** Whether chats created by the gateway are deleted upstream after the reply. */
    public enum ChatCleanup {
        DELETE,
        KEEP
    }

    /** Whether a conversation goes on in the chat that has its beginning. */
    public enum ChatReuse {
        AUTO,
        OFF
    }

    /** The fallback of the CLI route without a working CLI credential. */
    public enum CliFallback {
        NONE,
        WEB
    }

    /** The lowest level that is logged. */
    public enum LogLevel {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
