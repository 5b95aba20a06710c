package dev.qwen2api.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The settings by their names in {@code .env}, with their default texts, in the order of {@code .env.example}. */
enum SettingKey {
    API_KEY(ValueType.SECRET),
    QWEN_COOKIES(ValueType.SECRET),
    ADMIN_KEY(ValueType.SECRET),

    SERVICE_PORT("3000"),
    LISTEN_ADDRESS("0.0.0.0"),
    CORS_ORIGINS("*"),
    METRICS_PUBLIC("false"),
    MAX_REQUEST_MB("64"),
    MAX_CONCURRENT_REQUESTS("0"),
    SHUTDOWN_GRACE_SECONDS("20"),
    DATABASE_PATH("./data/qwen2api.db"),

    OUTPUT_THINK("true"),
    THINK_FORMAT("field"),
    SEARCH_INFO_MODE("table"),
    HEARTBEAT_SECONDS("15"),
    CHAT_CLEANUP("delete"),
    CHAT_REUSE("auto"),
    CHAT_REUSE_MINUTES("30"),

    SIMPLE_MODEL_MAP("false"),
    MODEL_MAP(ValueType.UNSET),
    MODELS_CACHE_TTL("3600"),

    ACCOUNT_MAX_FAILURES("3"),
    ACCOUNT_COOLDOWN_SECONDS("300"),
    ACCOUNT_MAX_CONCURRENT("8"),
    ACCOUNT_MIN_GAP_MS("0"),
    QUEUE_SECONDS("30"),

    CLI_API_KEY(ValueType.SECRET),
    CLI_FALLBACK("none"),
    CLI_DAILY_LIMIT("2000"),

    QWEN_CHAT_PROXY_URL("https://chat.qwen.ai"),
    QWEN_AUTH_PROXY_URL("https://auth.qwen.ai"),
    QWEN_CLI_PROXY_URL("https://portal.qwen.ai"),
    PROXY_URL(ValueType.UNSET),
    QWEN_USER_AGENT("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/150.0.0.0 Safari/537.36"),
    QWEN_WEB_VERSION("0.3.12"),
    QWEN_EXTRA_HEADERS(ValueType.SECRET),
    FIRST_BYTE_TIMEOUT_SECONDS("60"),
    IDLE_TIMEOUT_SECONDS("180"),
    PROMPT_MAX_BYTES("92160"),
    ALLOW_PRIVATE_URLS("false"),
    NATIVE_TOOLS("keep"),

    LOG_LEVEL("INFO"),
    ENABLE_FILE_LOG("false"),
    LOG_DIR("./logs"),
    MAX_LOG_FILE_SIZE("10"),
    MAX_LOG_FILES("5");

    private enum ValueType {
        /** No default; the value may be logged. */
        UNSET,
        /** No default; the value must not be logged. */
        SECRET
    }

    /** Read once at the start; changes of all others are applied at run time. */
    private static final Set<SettingKey> AFTER_RESTART = EnumSet.of(
            SERVICE_PORT,
            LISTEN_ADDRESS,
            DATABASE_PATH,
            MAX_REQUEST_MB,
            MAX_CONCURRENT_REQUESTS,
            SHUTDOWN_GRACE_SECONDS);

    /** A URL may hold a password or a key anywhere: as its user, in its path or query, or after the port. */
    private static final Set<SettingKey> URLS =
            EnumSet.of(CORS_ORIGINS, QWEN_CHAT_PROXY_URL, QWEN_AUTH_PROXY_URL, QWEN_CLI_PROXY_URL, PROXY_URL);

    private final String fallback;
    private final boolean secret;

    SettingKey(String fallback) {
        this.fallback = fallback;
        this.secret = false;
    }

    SettingKey(ValueType valueType) {
        this.fallback = "";
        this.secret = valueType == ValueType.SECRET;
    }

    /** Returns the text used when the setting is absent or blank; empty where there is none. */
    String fallback() {
        return fallback;
    }

    boolean secret() {
        return secret;
    }

    /** Whether the value is one or more URLs, of which nothing but the scheme may be logged. */
    boolean holdsUrls() {
        return URLS.contains(this);
    }

    boolean needsRestart() {
        return AFTER_RESTART.contains(this);
    }

    static List<String> names() {
        return Arrays.stream(values()).map(SettingKey::name).toList();
    }

    static boolean isKnown(String name) {
        return names().contains(name);
    }

    static Optional<String> nearest(String name) {
        return SimilarNames.likely(name, names());
    }
}
