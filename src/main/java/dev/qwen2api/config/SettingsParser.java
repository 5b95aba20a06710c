package dev.qwen2api.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Parses names and texts into {@link Settings}, or reports all problems at once. The file wins over the environment,
 * the environment over the default. No message holds a secret.
 */
public final class SettingsParser {

    private static final Pattern USER_AGENT = Pattern.compile("[\\x20-\\x7e]{1,500}");
    private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z.+-]{1,40}");
    private static final Pattern CLIENT_MODEL = Pattern.compile("[^\\s,=*]{1,200}\\*?|\\*");
    private static final Pattern MODEL = Pattern.compile("[^\\s,=*]{1,200}");
    private static final String EXAMPLE_KEY = "sk-your-secret-key";

    private final SettingValues values;
    private final NetworkValues network;
    private final List<String> warnings = new ArrayList<>();

    private SettingsParser(SettingValues values) {
        this.values = values;
        this.network = new NetworkValues(values);
    }

    public sealed interface Outcome permits Accepted, Rejected {}

    /**
     * Valid settings.
     *
     * @param warnings one line each about what is odd, without secrets
     */
    public record Accepted(Settings settings, List<String> warnings) implements Outcome {

        public Accepted {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Invalid settings.
     *
     * @param problems one line each: name, value (masked where secret), what is allowed; never empty
     */
    public record Rejected(List<String> problems) implements Outcome {

        public Rejected {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Parses the settings of a file as the gateway does when it starts: without a file the environment counts alone,
     * but a file that cannot be read is a problem, because the defaults are not what its owner wrote.
     */
    public static Outcome parse(EnvFile.Reading reading, Map<String, String> environment) {
        return reading instanceof EnvFile.Unusable unusable && unusable.isBroken()
                ? new Rejected(List.of(".env " + unusable.message()))
                : parse(reading.values(), environment);
    }

    /**
     * Parses all settings.
     *
     * @param file the values of {@code .env} by name; empty without such a file
     * @param environment the process environment
     */
    public static Outcome parse(Map<String, String> file, Map<String, String> environment) {
        var values = new SettingValues(file, environment);
        var parser = new SettingsParser(values);
        parser.warnOfUnknown(file);
        Settings settings = parser.settings();
        return values.problems().isEmpty() ? new Accepted(settings, parser.warnings) : new Rejected(values.problems());
    }

    private void warnOfUnknown(Map<String, String> file) {
        for (String name : file.keySet()) {
            if (name.equals("ENV_FILE")) {
                warnings.add("ENV_FILE says where .env is, so it has no effect inside: set it in the environment");
            } else if (name.equals("CHAT_PREWARM")) {
                warnings.add(
                        "CHAT_PREWARM is no longer a setting and has no effect: chats are reused instead, see CHAT_REUSE");
            } else if (!SettingKey.isKnown(name)) {
                warnings.add(name + " is not a setting and has no effect"
                        + SettingKey.nearest(name)
                                .map(key -> "; did you mean " + key + "?")
                                .orElse(""));
            }
        }
    }

    private Settings settings() {
        return new Settings(
                server(),
                keys(),
                accounts(),
                upstream(),
                cli(),
                output(),
                models(),
                limits(),
                logs(),
                values.path(SettingKey.DATABASE_PATH));
    }

    private Settings.Server server() {
        return new Settings.Server(
                network.listenAddress(SettingKey.LISTEN_ADDRESS),
                values.integer(SettingKey.SERVICE_PORT, 0, 65_535),
                network.origins(SettingKey.CORS_ORIGINS),
                values.flag(SettingKey.METRICS_PUBLIC));
    }

    private Settings.Keys keys() {
        var keys = Arrays.stream(values.text(SettingKey.API_KEY).split(","))
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .map(Secret::new)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (keys.isEmpty()) {
            values.problem(
                    "API_KEY is not set; put a line such as API_KEY=\"sk-…\" into .env, with a long random text that "
                            + "clients will send as their API key");
        } else if (!keys.stream().map(Secret::reveal).allMatch(SettingValues::isHeaderToken)) {
            values.reject(SettingKey.API_KEY, "keys of printable ASCII without spaces, separated by commas");
        } else if (keys.contains(new Secret(EXAMPLE_KEY))) {
            warnings.add("API_KEY is the one of the example, which everybody knows; choose your own");
        }
        return new Settings.Keys(List.copyOf(keys), values.secret(SettingKey.ADMIN_KEY));
    }

    private Settings.Accounts accounts() {
        var cookies = CookieList.parse(values.text(SettingKey.QWEN_COOKIES));
        cookies.warnings().forEach(warning -> warnings.add("QWEN_COOKIES: " + warning));
        return new Settings.Accounts(
                cookies.cookies(),
                values.integer(SettingKey.ACCOUNT_MAX_FAILURES, 1, 1_000),
                values.seconds(SettingKey.ACCOUNT_COOLDOWN_SECONDS, 1, 86_400),
                values.integer(SettingKey.ACCOUNT_MAX_CONCURRENT, 0, 10_000),
                values.millis(SettingKey.ACCOUNT_MIN_GAP_MS, 0, 3_600_000));
    }

    private Settings.Upstream upstream() {
        var headers = new Settings.Headers(
                values.matching(SettingKey.QWEN_USER_AGENT, USER_AGENT, "printable ASCII on one line"),
                values.matching(SettingKey.QWEN_WEB_VERSION, VERSION, "a version such as 0.3.12"),
                extraHeaders());
        return new Settings.Upstream(
                network.baseUrl(SettingKey.QWEN_CHAT_PROXY_URL),
                network.baseUrl(SettingKey.QWEN_AUTH_PROXY_URL),
                network.proxy(SettingKey.PROXY_URL),
                headers,
                values.integer(SettingKey.PROMPT_MAX_BYTES, 16_384, 1_048_576),
                values.flag(SettingKey.ALLOW_PRIVATE_URLS),
                values.choice(SettingKey.NATIVE_TOOLS, Settings.NativeTools.values()));
    }

    private Map<String, Secret> extraHeaders() {
        var result = ExtraHeaders.parse(values.text(SettingKey.QWEN_EXTRA_HEADERS));
        result.problem()
                .ifPresent(problem -> values.reject(
                        SettingKey.QWEN_EXTRA_HEADERS,
                        "a JSON object of texts, or Name: value pairs separated by |; here " + problem));
        return result.headers();
    }

    private Settings.Cli cli() {
        return new Settings.Cli(
                network.baseUrl(SettingKey.QWEN_CLI_PROXY_URL),
                values.secret(SettingKey.CLI_API_KEY),
                values.choice(SettingKey.CLI_FALLBACK, Settings.CliFallback.values()),
                values.integer(SettingKey.CLI_DAILY_LIMIT, 1, 1_000_000));
    }

    private Settings.Output output() {
        String searchInfo = values.text(SettingKey.SEARCH_INFO_MODE);
        return new Settings.Output(
                values.flag(SettingKey.OUTPUT_THINK),
                values.choice(SettingKey.THINK_FORMAT, Settings.ThinkFormat.values()),
                values.choice(
                        SettingKey.SEARCH_INFO_MODE,
                        searchInfo.equalsIgnoreCase("text") ? "list" : searchInfo,
                        Settings.SearchInfoMode.values()),
                values.choice(SettingKey.CHAT_CLEANUP, Settings.ChatCleanup.values()),
                values.choice(SettingKey.CHAT_REUSE, Settings.ChatReuse.values()),
                Duration.ofMinutes(values.integer(SettingKey.CHAT_REUSE_MINUTES, 1, 1_440)));
    }

    private Settings.Models models() {
        return new Settings.Models(
                values.flag(SettingKey.SIMPLE_MODEL_MAP),
                modelMap(),
                values.seconds(SettingKey.MODELS_CACHE_TTL, 0, 604_800));
    }

    /** A trailing {@code *} makes the client's name a prefix; alone it matches every name. */
    private Map<String, String> modelMap() {
        var aliases = new LinkedHashMap<String, String>();
        for (String piece : values.text(SettingKey.MODEL_MAP).split(",")) {
            if (piece.isBlank()) {
                continue;
            }
            Optional<String[]> pair = Optional.of(piece.strip().split("\\s*=\\s*", -1))
                    .filter(names -> names.length == 2
                            && CLIENT_MODEL.matcher(names[0]).matches()
                            && MODEL.matcher(names[1]).matches());
            if (pair.isEmpty() || aliases.put(pair.get()[0], pair.get()[1]) != null) {
                values.reject(
                        SettingKey.MODEL_MAP,
                        "pairs such as gpt-4o=qwen3-max or claude-*=qwen3-max, separated by commas, each client name once; "
                                + "* stands for the rest of a name, or for every other one");
                return aliases;
            }
        }
        return aliases;
    }

    private Settings.Limits limits() {
        return new Settings.Limits(
                values.seconds(SettingKey.QUEUE_SECONDS, 0, 3_600),
                values.seconds(SettingKey.FIRST_BYTE_TIMEOUT_SECONDS, 1, 3_600),
                values.seconds(SettingKey.IDLE_TIMEOUT_SECONDS, 1, 86_400),
                values.seconds(SettingKey.HEARTBEAT_SECONDS, 0, 3_600),
                values.seconds(SettingKey.SHUTDOWN_GRACE_SECONDS, 0, 3_600),
                values.megabytes(SettingKey.MAX_REQUEST_MB, 1, 1_024),
                values.integer(SettingKey.MAX_CONCURRENT_REQUESTS, 0, 100_000));
    }

    private Settings.Logs logs() {
        return new Settings.Logs(
                values.choice(SettingKey.LOG_LEVEL, Settings.LogLevel.values()),
                values.flag(SettingKey.ENABLE_FILE_LOG),
                values.path(SettingKey.LOG_DIR),
                values.megabytes(SettingKey.MAX_LOG_FILE_SIZE, 1, 10_240),
                values.integer(SettingKey.MAX_LOG_FILES, 1, 1_000));
    }
}
