package dev.qwen2api.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Every setting by the name it has in {@code .env}, with the text that stands for it when it is not set. In the order in
 * which a reader meets them in {@code .env.example}.
 */
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
    CHAT_PREWARM("0"),
    ALLOW_PRIVATE_URLS("false"),

    LOG_LEVEL("INFO"),
    ENABLE_FILE_LOG("false"),
    LOG_DIR("./logs"),
    MAX_LOG_FILE_SIZE("10"),
    MAX_LOG_FILES("5");

    private enum ValueType {
        /** No value of its own, and what is set may be shown. */
        UNSET,
        /** No value of its own, and what is set may not be shown. */
        SECRET
    }

    /** Read once, at the start; of all others the gateway obeys a change while it runs. */
    private static final Set<SettingKey> AFTER_RESTART = EnumSet.of(
            SERVICE_PORT,
            LISTEN_ADDRESS,
            DATABASE_PATH,
            MAX_REQUEST_MB,
            MAX_CONCURRENT_REQUESTS,
            SHUTDOWN_GRACE_SECONDS);

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

    /** The text that counts when the setting is not set or blank; empty where there is none. */
    String fallback() {
        return fallback;
    }

    /** Whether its value must be kept out of messages. */
    boolean secret() {
        return secret;
    }

    /** Whether a change of it is in force only after a restart. */
    boolean needsRestart() {
        return AFTER_RESTART.contains(this);
    }

    static List<String> names() {
        return Arrays.stream(values()).map(SettingKey::name).toList();
    }

    static boolean isKnown(String name) {
        return find(name).isPresent();
    }

    static Optional<SettingKey> find(String name) {
        return Arrays.stream(values()).filter(key -> key.name().equals(name)).findFirst();
    }
}
