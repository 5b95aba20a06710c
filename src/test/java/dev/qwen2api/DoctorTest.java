package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.config.Settings;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.fakeqwen.ClosedPort;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.ops.doctor.Doctor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doctor says of a set-up, with a stand-in for the service. */
@Timeout(60)
class DoctorTest {

    private static final String KEY = "sk-doctor-0123456789abcdef";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FakeQwen fake = FakeQwen.start();
    private final Map<String, String> values = new LinkedHashMap<>();
    private Clock clock = Clock.systemUTC();

    @BeforeEach
    void aHealthySetUp() {
        values.putAll(Map.of(
                "API_KEY",
                KEY,
                "QWEN_COOKIES",
                fake.accounts().cookie(fake.accounts().newUser()),
                "LISTEN_ADDRESS",
                "127.0.0.1",
                "SERVICE_PORT",
                "0",
                "QWEN_CHAT_PROXY_URL",
                fake.baseUrl(),
                "DATABASE_PATH",
                folder.resolve("data/qwen2api.db").toString()));
    }

    @AfterEach
    void close() {
        fake.close();
    }

    /** What was said, and the exit status. */
    private record Said(int status, List<String> lines) {

        String line(String start) {
            return lines.stream()
                    .filter(line -> line.startsWith(start))
                    .findFirst()
                    .orElse("no such line in " + lines);
        }
    }

    private Said examine() throws IOException {
        return examine(Optional.empty());
    }

    private Said examine(Optional<String> url) throws IOException {
        String text = values.entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"\n")
                .collect(Collectors.joining());
        Path env = Files.writeString(folder.resolve(".env"), text);
        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-------"));
        return run(env, url);
    }

    private Said run(Path env, Optional<String> url) {
        var lines = new ArrayList<String>();
        int status = new DoctorWiring(clock, lines::add, Doctor.Format.LINES).run(env, Map.of(), url);
        return new Said(status, lines);
    }

    @Test
    void a_healthy_set_up_is_all_well() throws Exception {
        Said said = examine();
        assertEquals(
                List.of(
                        "ok    .env        well-formed, known keys, closed to others",
                        "ok    keys        only this machine can reach the port",
                        "ok    port        any free one",
                        "ok    database    none yet; it can be made",
                        "ok    dns         the service's name is known",
                        "ok    service     reached",
                        "ok    clock       right",
                        "ok    account_1   signed in; 29 days left"),
                said.lines().subList(1, said.lines().size()));
        assertTrue(
                said.lines()
                        .get(0)
                        .matches("ok    system      Qwen2API .* on Java \\d+.* CPU, \\d+ MB of memory, heap .*"),
                said.toString());
        assertEquals(0, said.status());
        assertFalse(Files.exists(folder.resolve("data")), "it made something");
    }

    @Test
    void no_message_is_spent() throws Exception {
        examine();
        assertEquals(0, fake.recorder().completions().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "API_KEY       | sk-your-secret-key | warn  .env        API_KEY is the one of the example",
                "API_KEY       | short              | warn  keys        a key is easily guessed",
                "API_KEY       | two words          | FAIL  .env        API_KEY is not valid",
                "SERVICE_PROT  | 3000               | warn  .env        SERVICE_PROT is not a setting and has no effect. Fix: did you mean SERVICE_PORT?",
                "SERVICE_PORT  | 99999              | FAIL  .env        SERVICE_PORT is not valid, so the gateway does not start. Fix: allowed: a whole number from 0 to 65535",
                "LISTEN_ADDRESS| 203.0.113.7        | FAIL  port        LISTEN_ADDRESS is not an address of this machine",
                "QWEN_COOKIES  | cna=1; foo=2       | FAIL  account",
                "QWEN_COOKIES  | ''                 | FAIL  accounts    there are none",
            })
    void a_wrong_setting_is_named_with_what_to_do(String key, String value, String line) throws Exception {
        values.put(key, value);
        Said said = examine();
        String found = said.line(line.strip());
        assertTrue(found.contains(". Fix: "), found);
        assertEquals(line.startsWith("FAIL") ? 2 : 1, said.status(), said.toString());
    }

    @Test
    void the_key_of_the_example_is_an_error_where_others_reach_the_port() throws Exception {
        values.putAll(Map.of("API_KEY", "sk-your-secret-key", "LISTEN_ADDRESS", "0.0.0.0"));
        assertEquals(2, examine().status());
    }

    @Test
    void a_file_that_others_may_read_is_named() throws Exception {
        examine();
        Path env = folder.resolve(".env");
        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-r--r--"));
        Said said = run(env, Optional.empty());
        assertTrue(said.line("warn  .env").endsWith("Fix: chmod o-rwx,g-w .env"), said.toString());
        assertEquals(1, said.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"API_KEY=\"never closed\nX=1", "\uFEFF\u0000"})
    void a_file_that_cannot_be_read_is_an_error(String text) throws Exception {
        Path env = Files.writeString(folder.resolve(".env"), text);
        Said said = run(env, Optional.empty());
        assertTrue(
                said.lines().get(1).matches("FAIL  \\.env        .*, so the gateway does not start\\. Fix: .*"),
                said.toString());
        assertEquals(2, said.lines().size(), said.toString());
        assertEquals(2, said.status());
    }

    @Test
    void a_port_that_is_taken_is_told_from_one_where_a_gateway_answers() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            values.put("SERVICE_PORT", Integer.toString(taken.getLocalPort()));
            taken.close();
            assertTrue(examine().line("ok    port").endsWith("is free; no gateway runs there"));
        }
        try (World world = new World(folder.resolve("world"), 0, Map.of())) {
            values.put("SERVICE_PORT", Integer.toString(world.gateway.port()));
            assertTrue(examine().line("ok    port").contains("a gateway answers on"));
        }
        values.put("SERVICE_PORT", Integer.toString(fake.port()));
        assertTrue(examine().line("FAIL  port").contains("taken by another program"));
    }

    @Test
    void a_session_that_the_service_forgot_is_told_from_one_that_has_ended() throws Exception {
        String user = fake.accounts().newUser();
        String forgotten = fake.accounts().token(user);
        fake.accounts().revoke(forgotten);
        values.put(
                "QWEN_COOKIES",
                "token=" + forgotten + ",token=" + fake.accounts().expiredToken(user));
        Said said = examine();
        assertTrue(said.line("FAIL  account_1").contains("no longer knows its session"), said.toString());
        assertTrue(said.line("FAIL  account_2").contains("ended 1 hours ago"), said.toString());
    }

    @Test
    void a_page_of_the_firewall_is_no_verdict_on_an_account() throws Exception {
        fake.faults().add(Refusals.wafHtml().on(Endpoint.AUTHS));
        Said said = examine();
        assertTrue(said.line("warn  account_1").contains("human check"), said.toString());
        assertEquals(1, said.status());
    }

    @Test
    void a_service_that_is_not_reached_is_an_error_with_or_without_a_proxy() throws Exception {
        try (var closed = new ClosedPort()) {
            values.put("QWEN_CHAT_PROXY_URL", closed.baseUrl());
            assertTrue(examine().line("FAIL  service").contains("set PROXY_URL"));
            values.put("PROXY_URL", closed.baseUrl());
            assertTrue(examine().line("FAIL  service").contains("the proxy of PROXY_URL"));
        }
    }

    @Test
    void a_clock_that_is_wrong_is_an_error() throws Exception {
        clock = Clock.offset(Clock.systemUTC(), Duration.ofHours(-1));
        Said said = examine();
        assertTrue(said.line("FAIL  clock").contains(" s off"), said.toString());
    }

    @Test
    void a_database_is_looked_into_without_a_trace_while_a_gateway_uses_it_and_after() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            values.put("DATABASE_PATH", world.values.get("DATABASE_PATH"));
            world.chat("hello", false);
            assertEquals("ok    database    whole and writable", examine().line("ok    database"));
        }
        Map<String, byte[]> before = data();
        assertEquals("ok    database    whole and writable", examine().line("ok    database"));
        assertEquals(before.keySet(), data().keySet());
        assertArrayEquals(before.get("qwen2api.db"), data().get("qwen2api.db"));
    }

    @Test
    void a_corrupt_database_is_named_and_left_alone() throws Exception {
        Path file = Files.createDirectories(folder.resolve("data")).resolve("qwen2api.db");
        Files.writeString(file, "this is no database, whatever its name says. ".repeat(100));
        assertTrue(examine().line("FAIL  database").contains("corrupt"));
        assertEquals(List.of("qwen2api.db"), List.copyOf(data().keySet()));
    }

    @Test
    void an_account_that_rests_is_not_ok_although_the_service_takes_its_session() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            values.put("DATABASE_PATH", world.values.get("DATABASE_PATH"));
            values.put("QWEN_COOKIES", world.cookies());
            world.fake.faults().add(Refusals.rateLimited(5));
            assertEquals(429, world.chat("hello", false).status);
        }
        Said said = examine();
        String line = said.line("warn  account_1");
        assertTrue(line.contains("signed in, but limited until 20"), said.toString());
        assertEquals(1, said.status());
    }

    @Test
    void as_json_it_says_the_same_in_one_object_without_secrets() throws Exception {
        examine();
        values.put("PROXY_URL", "http://canary-user:canary-pass@canary-host.invalid:1");
        String text = values.entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"\n")
                .collect(Collectors.joining());
        Path env = Files.writeString(folder.resolve(".env"), text);
        var lines = new ArrayList<String>();
        int status = new DoctorWiring(clock, lines::add, Doctor.Format.JSON).run(env, Map.of(), Optional.empty());
        JsonNode said = new JsonMapper().readTree(String.join("\n", lines));
        assertEquals(status, said.path("status").asInt(-1));
        assertEquals("system", said.at("/findings/0/subject").asText());
        assertEquals("ok", said.at("/findings/0/grade").asText());
        assertTrue(said.findValuesAsText("fix").stream().anyMatch(fix -> !fix.isEmpty()), said::toString);
        assertFalse(said.toString().contains("canary"), said::toString);
    }

    private Map<String, byte[]> data() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            var found = new LinkedHashMap<String, byte[]>();
            for (Path file : files.sorted().toList()) {
                found.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
            return found;
        }
    }

    @Test
    void accounts_that_were_added_by_api_are_looked_at_too() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            String cookie = world.fake.accounts().cookie(world.fake.accounts().newUser());
            world.post("/api/addAccount", "{\"num\":\"7\",\"cookie\":\"" + cookie + "\"}");
            values.put("DATABASE_PATH", world.values.get("DATABASE_PATH"));
            assertTrue(examine().line("ok    account_7").contains("days left"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PASSES_ON  | ok    stream      arrives piece by piece, and survives 2 s of silence",
                "HOLDS_BACK | FAIL  stream      the proxy in front holds streams back",
                "CUTS       | FAIL  stream      the proxy in front cuts streams that are silent for 2 s",
            })
    void a_proxy_in_front_is_judged_by_what_it_does_to_a_stream(FrontProxy.Habit habit, String line) throws Exception {
        values.put("HEARTBEAT_SECONDS", "1");
        try (World world = new World(folder.resolve("world"), 0, Map.of("API_KEY", KEY));
                var proxy = new FrontProxy(world.gateway.port(), habit)) {
            Said said = examine(Optional.of(proxy.url() + "/v1/"));
            assertTrue(said.line(line.strip()).startsWith(line.strip()), said.toString());
        }
    }

    @Test
    void an_address_with_another_gateway_or_nothing_behind_it_is_an_error() throws Exception {
        try (World world = new World(folder.resolve("world"), 0, Map.of())) {
            Said said = examine(Optional.of("http://127.0.0.1:" + world.gateway.port()));
            assertTrue(said.line("FAIL  stream").contains("refused the key (HTTP 401)"), said.toString());
        }
        assertTrue(examine(Optional.of(fake.baseUrl())).line("FAIL  stream").contains("at that address"));
        try (var closed = new ClosedPort()) {
            String nothing = closed.baseUrl();
            assertTrue(examine(Optional.of(nothing)).line("FAIL  stream").contains("no gateway answers"));
        }
        assertTrue(examine(Optional.of("no address")).line("FAIL  stream").contains("write it as https://host"));
    }

    @Test
    void no_secret_is_said_whatever_is_wrong() throws Exception {
        var canaries =
                List.of("canary-api-key", "canary-admin", "canary-pass", "canary-user", "canary-host", "canaryheader");
        Map<String, String> secrets = Map.of(
                "API_KEY", "canary-api-key",
                "ADMIN_KEY", "canary-admin",
                "PROXY_URL", "http://canary-user:canary-pass@canary-host.invalid:1",
                "QWEN_EXTRA_HEADERS", "bx-ua: canaryheader");
        values.putAll(secrets);
        assertSilentOn(canaries, examine());
        values.put("API_KEY", "canary-api-key with a space");
        values.put("PROXY_URL", "canary-user:canary-pass");
        values.put("QWEN_EXTRA_HEADERS", "canaryheader");
        assertSilentOn(canaries, examine());
        String cookie = fake.accounts().cookie(fake.accounts().newUser());
        String torn = "API_KEY=canary-api-key\nQWEN_COOKIES=token=aaa;\n" + cookie + "\n" + cookie.replaceAll("\\W", "")
                + "=\n";
        Path env = Files.write(folder.resolve(".env"), torn.getBytes(StandardCharsets.UTF_8));
        assertSilentOn(
                List.of(cookie.substring(4, 20), cookie.replaceAll("\\W", "").substring(0, 30), "canary"),
                run(env, Optional.empty()));
    }

    private static void assertSilentOn(List<String> canaries, Said said) {
        canaries.forEach(
                canary -> assertFalse(said.lines().toString().contains(canary), canary + " in " + said.lines()));
        assertTrue(said.status() > 0, said.toString());
    }

    @Test
    void weak_keys_and_a_readable_env_are_named_at_start_without_showing_them() throws Exception {
        Path env = Files.writeString(folder.resolve(".env"), "");
        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-r--r--"));
        var weak = Map.of("API_KEY", "weak-key-1", "ADMIN_KEY", "weak-key-1", "LISTEN_ADDRESS", "0.0.0.0");
        List<String> warnings = DoctorWiring.exposure(accepted(weak), env);
        String all = String.join("\n", warnings);
        assertEquals(3, warnings.size(), all);
        assertTrue(all.contains("chmod"), all);
        assertTrue(all.contains("easily guessed, and other machines can reach the port"), all);
        assertTrue(all.contains("ADMIN_KEY is one of the API keys"), all);
        assertFalse(all.contains("weak-key-1"), all);

        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-------"));
        String strong = "0123456789abcdefghij-strong";
        var closed = Map.of("API_KEY", strong, "ADMIN_KEY", strong + "-2", "LISTEN_ADDRESS", "0.0.0.0");
        assertEquals(List.of(), DoctorWiring.exposure(accepted(closed), env));
    }

    private static Settings accepted(Map<String, String> values) {
        return assertInstanceOf(SettingsParser.Accepted.class, SettingsParser.parse(values, Map.of()))
                .settings();
    }

    private Said health() {
        var lines = new ArrayList<String>();
        int status = new DoctorWiring(clock, lines::add, Doctor.Format.LINES).health(folder.resolve(".env"), Map.of());
        return new Said(status, lines);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# no change",
                "LOG_LEVEL=\"LOUD\"",
                "SERVICE_PORT=\"none\"",
                "SERVICE_PORT=\"1\"",
                "LISTEN_ADDRESS=\"127.0.0.2\"",
                "QWEN_COOKIES=\"token=never-closed",
            })
    void a_gateway_lives_whatever_became_of_its_settings_since_it_started(String edit) throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            Files.writeString(folder.resolve(".env"), edit + "\n", StandardOpenOption.APPEND);
            world.gateway.reload();
            Said living = health();
            assertEquals(0, living.status(), living.lines().toString());
            assertEquals("it lives", living.lines().get(0));
            assertEquals(
                    edit.matches("(?s).*(LOUD|none|never).*"), living.lines().size() > 1, "" + living.lines());
        }
        Said dead = health();
        assertEquals(1, dead.status(), dead.lines().toString());
        assertEquals("no gateway answers", dead.lines().get(0));
    }

    @Test
    void what_a_file_that_cannot_be_read_leaves_to_the_defaults_is_not_examined() throws Exception {
        Path env = Files.writeString(folder.resolve(".env"), "API_KEY=sk-1234567890\nQWEN_COOKIES=\"token=a\n");
        var lines = new ArrayList<String>();
        var environment = Map.of("API_KEY", KEY);
        assertEquals(
                2, new DoctorWiring(clock, lines::add, Doctor.Format.LINES).run(env, environment, Optional.empty()));
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("FAIL  .env")), lines::toString);
        assertTrue(lines.stream().noneMatch(line -> line.contains("database")), lines::toString);
    }
}
