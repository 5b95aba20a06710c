package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.Settings.ChatCleanup;
import dev.qwen2api.config.Settings.CliFallback;
import dev.qwen2api.config.Settings.LogLevel;
import dev.qwen2api.config.Settings.SearchInfoMode;
import dev.qwen2api.config.Settings.ThinkFormat;
import dev.qwen2api.config.SettingsParser.Accepted;
import dev.qwen2api.config.SettingsParser.Rejected;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsParserTest {

    private static final Map<String, String> KEY = Map.of("API_KEY", "sk-1234567890");

    @Test
    void with_a_key_alone_everything_has_its_default() {
        Settings settings = accepted(KEY).settings();

        assertEquals(
                new Settings(
                        new Settings.Server("0.0.0.0", 3000, List.of("*"), false),
                        new Settings.Keys(List.of(new Secret("sk-1234567890")), Optional.empty()),
                        new Settings.Accounts(List.of(), 3, Duration.ofSeconds(300), 8, Duration.ZERO),
                        new Settings.Upstream(
                                URI.create("https://chat.qwen.ai"),
                                URI.create("https://auth.qwen.ai"),
                                Optional.empty(),
                                settings.upstream().headers(),
                                92_160,
                                false,
                                Settings.NativeTools.KEEP),
                        new Settings.Cli(
                                URI.create("https://portal.qwen.ai"), Optional.empty(), CliFallback.NONE, 2000),
                        new Settings.Output(
                                true,
                                ThinkFormat.FIELD,
                                SearchInfoMode.TABLE,
                                ChatCleanup.DELETE,
                                Settings.ChatReuse.AUTO,
                                Duration.ofMinutes(30)),
                        new Settings.Models(false, Map.of(), Duration.ofHours(1)),
                        new Settings.Limits(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(180),
                                Duration.ofSeconds(15),
                                Duration.ofSeconds(20),
                                64L * 1024 * 1024,
                                0),
                        new Settings.Logs(LogLevel.INFO, false, Path.of("./logs"), 10L * 1024 * 1024, 5),
                        Path.of("./data/qwen2api.db")),
                settings);
        assertTrue(settings.upstream().headers().userAgent().contains("Chrome/"));
        assertEquals("0.3.12", settings.upstream().headers().webVersion());
        assertEquals(Map.of(), settings.upstream().headers().extra());
    }

    @Test
    void everything_can_be_set() {
        Settings settings = accepted(with(Map.ofEntries(
                        Map.entry("SERVICE_PORT", "0"),
                        Map.entry("LISTEN_ADDRESS", "[::1]"),
                        Map.entry("CORS_ORIGINS", "https://a.example, http://localhost:5173/"),
                        Map.entry("METRICS_PUBLIC", "on"),
                        Map.entry("ADMIN_KEY", "sk-admin-12345"),
                        Map.entry("QWEN_COOKIES", "token=a,token=b"),
                        Map.entry("ACCOUNT_MIN_GAP_MS", "1500"),
                        Map.entry("PROXY_URL", "http://me%40home:p%3A+w@proxy.example:7890/"),
                        Map.entry("QWEN_CHAT_PROXY_URL", "http://127.0.0.1:8080/qwen//"),
                        Map.entry("QWEN_EXTRA_HEADERS", "bx-v: 2.5.37"),
                        Map.entry("PROMPT_MAX_BYTES", "65536"),
                        Map.entry("ALLOW_PRIVATE_URLS", "Yes"),
                        Map.entry("NATIVE_TOOLS", "Off"),
                        Map.entry("CLI_API_KEY", "sk-cli-123456"),
                        Map.entry("CLI_FALLBACK", "WEB"),
                        Map.entry("OUTPUT_THINK", "OFF"),
                        Map.entry("THINK_FORMAT", "Tags"),
                        Map.entry("SEARCH_INFO_MODE", "text"),
                        Map.entry("CHAT_CLEANUP", "keep"),
                        Map.entry("CHAT_REUSE", "off"),
                        Map.entry("CHAT_REUSE_MINUTES", "5"),
                        Map.entry("MODEL_MAP", "gpt-4o=qwen3-max, claude-sonnet-4 = qwen3-coder-plus,"),
                        Map.entry("HEARTBEAT_SECONDS", "0"),
                        Map.entry("MAX_REQUEST_MB", "2"),
                        Map.entry("LOG_LEVEL", "debug"),
                        Map.entry("ENABLE_FILE_LOG", "TRUE"))))
                .settings();

        assertEquals(
                new Settings.Server("::1", 0, List.of("https://a.example", "http://localhost:5173"), true),
                settings.server());
        assertEquals(Optional.of(new Secret("sk-admin-12345")), settings.keys().admin());
        assertEquals(
                List.of(new Secret("token=a"), new Secret("token=b")),
                settings.accounts().cookies());
        assertEquals(Duration.ofMillis(1500), settings.accounts().minGap());
        assertEquals(
                Optional.of(new Settings.Proxy(
                        "proxy.example", 7890, Optional.of(new Settings.Login("me@home", new Secret("p:+w"))))),
                settings.upstream().proxy());
        assertEquals(
                URI.create("http://127.0.0.1:8080/qwen"), settings.upstream().chatUrl());
        assertEquals(
                Map.of("bx-v", new Secret("2.5.37")),
                settings.upstream().headers().extra());
        assertEquals(65_536, settings.upstream().promptMaxBytes());
        assertEquals(Settings.NativeTools.OFF, settings.upstream().nativeTools());
        assertTrue(settings.upstream().allowPrivateUrls());
        assertEquals(Optional.of(new Secret("sk-cli-123456")), settings.cli().apiKey());
        assertEquals(CliFallback.WEB, settings.cli().fallback());
        assertEquals(
                new Settings.Output(
                        false,
                        ThinkFormat.TAGS,
                        SearchInfoMode.LIST,
                        ChatCleanup.KEEP,
                        Settings.ChatReuse.OFF,
                        Duration.ofMinutes(5)),
                settings.output());
        assertEquals(
                List.of(Map.entry("gpt-4o", "qwen3-max"), Map.entry("claude-sonnet-4", "qwen3-coder-plus")),
                List.copyOf(settings.models().aliases().entrySet()));
        assertEquals(Duration.ZERO, settings.limits().heartbeat());
        assertEquals(2L * 1024 * 1024, settings.limits().maxRequestBytes());
        assertEquals(LogLevel.DEBUG, settings.logs().level());
        assertTrue(settings.logs().toFile());
    }

    @Test
    void several_keys_are_valid_and_each_counts_once() {
        var keys = accepted(Map.of("API_KEY", " sk-one-12345 ,sk-two-12345,, sk-one-12345"))
                .settings()
                .keys();

        assertEquals(List.of(new Secret("sk-one-12345"), new Secret("sk-two-12345")), keys.api());
    }

    @Test
    void the_file_wins_over_the_environment_and_the_environment_over_the_default() {
        var file = with(Map.of("SERVICE_PORT", "4000", "QWEN_COOKIES", ""));
        var environment = Map.of("SERVICE_PORT", "5000", "LOG_LEVEL", "WARN", "QWEN_COOKIES", "token=stale");

        var accepted = assertInstanceOf(Accepted.class, SettingsParser.parse(file, environment));

        assertEquals(4000, accepted.settings().server().port());
        assertEquals(LogLevel.WARN, accepted.settings().logs().level());
        assertEquals(List.of(), accepted.settings().accounts().cookies());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , "})
    void without_a_key_the_line_says_what_to_put_where(String key) {
        String problem = problem(Map.of("API_KEY", key));

        assertTrue(problem.startsWith("API_KEY is not set; "), problem);
        assertTrue(problem.contains(".env"), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SERVICE_PORT               | 65536                  | 0 to 65535",
                "SERVICE_PORT               | -1                     | 0 to 65535",
                "SERVICE_PORT               | 3000/tcp               | 0 to 65535",
                "SERVICE_PORT               | 99999999999999999999   | 0 to 65535",
                "SERVICE_PORT               | ٣٠٠٠                   | 0 to 65535",
                "LISTEN_ADDRESS             | http://0.0.0.0         | without scheme",
                "LISTEN_ADDRESS             | 0.0.0.0:3000           | without scheme",
                "LISTEN_ADDRESS             | a b                    | without scheme",
                "OUTPUT_THINK               | maybe                  | true or false",
                "PROMPT_MAX_BYTES           | 100                    | 16384 to 1048576",
                "CHAT_REUSE                 | never                  | auto, off",
                "CHAT_REUSE_MINUTES         | 0                      | 1 to 1440",
                "THINK_FORMAT               | xml                    | field, tags",
                "SEARCH_INFO_MODE           | tables                 | table, list",
                "NATIVE_TOOLS               | never                  | keep, off",
                "CHAT_CLEANUP               | never                  | delete, keep",
                "CLI_FALLBACK               | yes                    | none, web",
                "LOG_LEVEL                  | TRACE                  | DEBUG, INFO, WARN, ERROR",
                "MAX_LOG_FILES              | 0                      | 1 to 1000",
                "MAX_REQUEST_MB             | 0                      | 1 to 1024",
                "HEARTBEAT_SECONDS          | 1.5                    | 0 to 3600",
                "FIRST_BYTE_TIMEOUT_SECONDS | 0                      | 1 to 3600",
                "QWEN_USER_AGENT            | Mözilla                | ASCII",
                "QWEN_WEB_VERSION           | 0.3 12                 | 0.3.12",
                "MODEL_MAP                  | gpt-4o                 | gpt-4o=qwen3-max",
                "MODEL_MAP                  | a=b=c                  | gpt-4o=qwen3-max",
                "MODEL_MAP                  | a=                     | gpt-4o=qwen3-max",
                "MODEL_MAP                  | a=b,a=c                | once",
            })
    void a_value_that_cannot_be_used_is_one_line_with_key_value_and_what_is_allowed(
            String key, String value, String allowed) {
        String problem = problem(with(Map.of(key, value)));

        assertTrue(problem.startsWith(key + "=\"" + value + "\" is not valid; allowed: "), problem);
        assertTrue(problem.contains(allowed), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CORS_ORIGINS               | https://a/b            | origins",
                "CORS_ORIGINS               | a.example              | origins",
                "QWEN_CHAT_PROXY_URL        | chat.qwen.ai           | http://",
                "QWEN_CHAT_PROXY_URL        | ftp://chat.qwen.ai     | http://",
                "QWEN_CHAT_PROXY_URL        | https://               | http://",
                "QWEN_CHAT_PROXY_URL        | https://a/?x=1         | query",
                "QWEN_CHAT_PROXY_URL        | https://a/#x           | fragment",
                "QWEN_AUTH_PROXY_URL        | https://a:99999        | http://",
                "QWEN_CLI_PROXY_URL         | https://a b/           | http://",
                "PROXY_URL                  | socks5://127.0.0.1:1080| SOCKS is not supported",
                "PROXY_URL                  | 127.0.0.1:7890         | http://host:port",
                "PROXY_URL                  | http://127.0.0.1       | http://host:port",
                "PROXY_URL                  | https://127.0.0.1:7890 | http://host:port",
                "PROXY_URL                  | http://127.0.0.1:7890/x| http://host:port",
            })
    void a_url_that_cannot_be_used_is_one_line_with_its_key_at_most_its_scheme_and_what_is_allowed(
            String key, String value, String allowed) {
        String problem = problem(with(Map.of(key, value)));

        String scheme = value.contains("://") ? value.substring(0, value.indexOf("://") + 3) : "";
        assertTrue(problem.startsWith(key + "=\"" + scheme + "***\" is not valid; allowed: "), problem);
        assertTrue(problem.contains(allowed), problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "API_KEY             | sk-SECRET with space and tail",
                "ADMIN_KEY           | sk-SECRETé and a tail",
                "CLI_API_KEY         | sk-SECRET with space and tail",
                "PROXY_URL           | http://me:SECRET@host",
                "PROXY_URL           | socks5://me:SECRET@host:1",
                "PROXY_URL           | me:SE/SECRET@host:1",
                "PROXY_URL           | http://203.0.113.5:8080:alice:SECRET",
                "PROXY_URL           | 203.0.113.5:8080:alice:SECRET",
                "PROXY_URL           | SECRET://203.0.113.5:8080",
                "PROXY_URL           | http://host:1/?password=SECRET",
                "PROXY_URL           | http://alice@example.com:SECRET",
                "QWEN_CHAT_PROXY_URL | https://me:SECRET@host/",
                "QWEN_CHAT_PROXY_URL | https://host/?key=SECRET",
                "QWEN_AUTH_PROXY_URL | https://host/a b/SECRET",
                "QWEN_CLI_PROXY_URL  | https://host/#SECRET",
                "CORS_ORIGINS        | https://chat.example.com,https://host/?key=SECRET",
                "QWEN_EXTRA_HEADERS  | Cookie: SECRET and a tail",
            })
    void a_secret_that_cannot_be_used_is_masked(String key, String value) {
        String problem = problem(with(Map.of(key, value)));

        assertTrue(problem.startsWith(key + "="), problem);
        assertTrue(problem.contains("***"), problem);
        assertFalse(problem.contains("SECRET"), problem);
    }

    @Test
    void a_value_cannot_forge_a_line_of_the_log() {
        String problem = problem(with(Map.of("LOG_LEVEL", "x\n2026-01-01 INFO forged" + "y".repeat(500))));

        assertFalse(problem.contains("\n"), problem);
        assertTrue(problem.length() < 200, problem);
    }

    @Test
    void all_problems_are_told_at_once() {
        var rejected = rejected(Map.of("SERVICE_PORT", "x", "LOG_LEVEL", "y", "OUTPUT_THINK", "z"));

        assertEquals(4, rejected.problems().size(), rejected.problems().toString());
    }

    @Test
    void an_unknown_name_in_the_file_is_told_once_with_the_nearest_known_one() {
        var file = new LinkedHashMap<>(KEY);
        file.put("SERVICE_PROT", "1");
        file.put("api_keys", "1");
        file.put("QWEN_COOKIE", "token=SECRET");
        file.put("SOMETHING_ELSE_ENTIRELY", "1");
        file.put("CHAT_PREWARM", "1");
        file.put("ENV_FILE", "x");

        var accepted =
                assertInstanceOf(Accepted.class, SettingsParser.parse(file, Map.of("HOME", "/", "SERVICE_PROT", "1")));

        assertEquals(
                List.of(
                        "SERVICE_PROT is not a setting and has no effect; did you mean SERVICE_PORT?",
                        "api_keys is not a setting and has no effect; did you mean API_KEY?",
                        "QWEN_COOKIE is not a setting and has no effect; did you mean QWEN_COOKIES?",
                        "SOMETHING_ELSE_ENTIRELY is not a setting and has no effect",
                        "CHAT_PREWARM is no longer a setting and has no effect: chats are reused instead, see CHAT_REUSE",
                        "ENV_FILE says where .env is, so it has no effect inside: set it in the environment"),
                accepted.warnings());
    }

    @Test
    void odd_cookies_and_the_key_of_the_example_are_warned_of() {
        var warnings = accepted(Map.of("API_KEY", "sk-your-secret-key", "QWEN_COOKIES", "token=a,token=a"))
                .warnings();

        assertEquals(2, warnings.size());
        assertTrue(warnings.get(0).startsWith("API_KEY "), warnings.get(0));
        assertTrue(warnings.get(1).startsWith("QWEN_COOKIES: cookie 2 "), warnings.get(1));
    }

    @Test
    void settings_that_are_logged_show_no_secret() {
        String shown = accepted(with(Map.of(
                        "API_KEY", "sk-SECRET-1234",
                        "ADMIN_KEY", "SECRET",
                        "QWEN_COOKIES", "token=SECRET; ssxmod_itna=tail",
                        "CLI_API_KEY", "sk-SECRET-5678",
                        "PROXY_URL", "http://me:SECRET@host:1",
                        "QWEN_EXTRA_HEADERS", "bx-ua: 231!SECRET-long-tail")))
                .settings()
                .toString();

        assertFalse(shown.contains("SECRET"), shown);
        assertTrue(shown.contains("***1234"), shown);
    }

    private static Map<String, String> with(Map<String, String> more) {
        var file = new LinkedHashMap<>(KEY);
        file.putAll(more);
        return file;
    }

    private static Accepted accepted(Map<String, String> file) {
        return assertInstanceOf(Accepted.class, SettingsParser.parse(file, Map.of()));
    }

    private static Rejected rejected(Map<String, String> file) {
        return assertInstanceOf(Rejected.class, SettingsParser.parse(file, Map.of()));
    }

    private static String problem(Map<String, String> file) {
        var problems = rejected(file).problems();
        assertEquals(1, problems.size(), problems.toString());
        return problems.get(0);
    }

    @Test
    void a_value_of_the_process_environment_loses_one_pair_of_quotes() {
        var environment = Map.of(
                "API_KEY", "\"sk-quoted\"",
                "MODEL_MAP", "'gpt-4o=qwen3-max'",
                "QWEN_WEB_VERSION", "\"",
                "QWEN_COOKIES", "\"token=aaa; x=\"q\"\"");

        var rejected = assertInstanceOf(Rejected.class, SettingsParser.parse(Map.of(), environment));
        assertEquals(1, rejected.problems().size(), "a single quote is no pair");

        var paired = new HashMap<>(environment);
        paired.remove("QWEN_WEB_VERSION");
        Settings settings = assertInstanceOf(Accepted.class, SettingsParser.parse(Map.of(), paired))
                .settings();
        assertEquals(List.of(new Secret("sk-quoted")), settings.keys().api());
        assertEquals(Map.of("gpt-4o", "qwen3-max"), settings.models().aliases());
        assertEquals(
                List.of(new Secret("token=aaa; x=\"q\"")), settings.accounts().cookies());
    }

    @Test
    void a_star_in_model_map_stands_for_the_rest_of_a_name_or_for_every_name() {
        Settings settings = assertInstanceOf(
                        Accepted.class,
                        SettingsParser.parse(
                                Map.of("API_KEY", "sk-1", "MODEL_MAP", "gpt-*=qwen3-max, *=qwen-max"), Map.of()))
                .settings();
        assertEquals(
                Map.of("gpt-*", "qwen3-max", "*", "qwen-max"), settings.models().aliases());
        for (String wrong : List.of("g*t=qwen-max", "gpt=qwen*", "**=qwen-max", "*gpt=qwen-max")) {
            var outcome = SettingsParser.parse(Map.of("API_KEY", "sk-1", "MODEL_MAP", wrong), Map.of());
            assertInstanceOf(Rejected.class, outcome, wrong);
        }
    }

    @Test
    void curly_quotes_are_named_as_what_they_are() {
        for (String key : List.of("\u201Csk-1234567890\u201D", "\u2018sk-1234567890\u2019", "sk-1,\u201Csk-2\u201D")) {
            SettingsParser.Outcome outcome = SettingsParser.parse(Map.of("API_KEY", key), Map.of());
            List<String> problems = ((SettingsParser.Rejected) outcome).problems();
            assertEquals(1, problems.size(), problems.toString());
            assertTrue(problems.get(0).startsWith("API_KEY holds curly quotes"), problems.toString());
            assertFalse(problems.get(0).contains("sk-"), problems.toString());
        }
        List<String> warnings = CookieList.parse("\u201Ctoken=a; b=2\u201D").warnings();
        assertTrue(warnings.stream().anyMatch(line -> line.contains("curly quotes")), warnings.toString());
    }
}
