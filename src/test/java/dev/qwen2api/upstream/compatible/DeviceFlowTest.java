package dev.qwen2api.upstream.compatible;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Credential;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.config.Settings;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.FakeQwenOptions;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.Request;
import dev.qwen2api.fakeqwen.WireFaults;
import dev.qwen2api.upstream.qwen.QwenClient;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The device flow against the stand-in, with a clock that waiting moves. */
@Timeout(30)
class DeviceFlowTest {

    private final MovableClock clock = new MovableClock(Instant.now(), ZoneOffset.UTC);
    private final FakeQwen fake = FakeQwen.start(FakeQwenOptions.standard().withClock(clock));
    private final String user = fake.accounts().newUser();
    private final Account account = new Account(
            new AccountId(1),
            Account.Source.ENV,
            Credential.parse(fake.accounts().cookie(user)).orElseThrow());
    private final List<Long> waits = new ArrayList<>();
    private final DeviceFlow flow = new DeviceFlow(new OauthClient(client()), new SecureRandom(), clock, time -> {
        waits.add(time.toMillis());
        clock.advance(time);
    });

    private QwenClient client() {
        var headers = new Settings.Headers("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0", "0.2.87", Map.of());
        var settings = new Settings.Upstream(
                URI.create(fake.baseUrl()), URI.create(fake.baseUrl()), Optional.empty(), headers, false, true);
        return new QwenClient(settings, clock, (id, cookies) -> {});
    }

    @AfterEach
    void close() {
        fake.close();
    }

    private static Fault says(Endpoint endpoint, int status, String body) {
        return Refusals.reply(Reply.json(body).status(status)).on(endpoint);
    }

    private static Fault error(Endpoint endpoint, int status, String error) {
        return says(endpoint, status, "{\"error\":\"" + error + "\",\"error_description\":\"said so\"}");
    }

    @Test
    void an_approved_code_is_redeemed_at_once_for_a_credential() throws Exception {
        CliCredential credential = flow.run(account);
        assertEquals(Optional.of(fake.baseUrl()), credential.resource());
        assertEquals(clock.instant().plus(Duration.ofHours(6)), credential.expires());
        assertTrue(credential.refreshToken().isPresent());
        assertEquals(List.of(), waits);
        assertFalse(credential.toString().contains(credential.accessToken()));
    }

    @Test
    void the_approval_is_the_accounts_own_and_the_rest_needs_no_cookie() throws Exception {
        flow.run(account);
        Request approval = fake.recorder().last(Endpoint.AUTHORIZE).orElseThrow();
        assertEquals(Optional.of(user), approval.userId());
        assertTrue(approval.json().path("approved").asBoolean());
        for (Endpoint plain : List.of(Endpoint.DEVICE_CODE, Endpoint.OAUTH_TOKEN)) {
            Request request = fake.recorder().last(plain).orElseThrow();
            assertEquals(Optional.empty(), request.header("cookie"));
            assertEquals(Optional.empty(), request.header("authorization"));
        }
    }

    @Test
    void every_run_has_a_challenge_of_its_own() throws Exception {
        flow.run(account);
        flow.run(account);
        List<String> challenges = fake.recorder().requests(Endpoint.DEVICE_CODE).stream()
                .map(request -> request.form("code_challenge").orElseThrow())
                .distinct()
                .toList();
        assertEquals(2, challenges.size());
        assertTrue(challenges.stream().allMatch(each -> each.matches("[A-Za-z0-9_-]{43}")), challenges.toString());
    }

    /** What the service says to the first polls, one word each, and how long is waited after each, in seconds. */
    @ParameterizedTest
    @CsvSource({
        "'',                                                   ''",
        "authorization_pending,                                5",
        "authorization_pending authorization_pending,          5 5",
        "slow_down,                                            7.5",
        "slow_down slow_down,                                  7.5 10",
        "slow_down slow_down slow_down authorization_pending,  7.5 10 10 10",
        "authorization_pending slow_down authorization_pending, 5 7.5 7.5",
    })
    void polling_waits_as_the_service_wants_it(String said, String waited) throws Exception {
        for (String word : said.isEmpty() ? new String[0] : said.split(" ")) {
            int status = word.equals("slow_down") ? 429 : 400;
            fake.faults().add(error(Endpoint.OAUTH_TOKEN, status, word).once());
        }
        flow.run(account);
        String seconds = waits.stream()
                .map(millis -> String.valueOf(millis / 1000.0).replace(".0", ""))
                .collect(Collectors.joining(" "));
        assertEquals(waited, seconds);
    }

    @Test
    void an_interval_that_the_service_does_not_name_is_five_seconds() throws Exception {
        fake.faults()
                .add(says(Endpoint.DEVICE_CODE, 200, "{\"device_code\":\"d\",\"user_code\":\"U\",\"expires_in\":12}"));
        fake.faults().add(says(Endpoint.AUTHORIZE, 200, "{\"success\":true,\"data\":true}"));
        fake.faults().add(error(Endpoint.OAUTH_TOKEN, 400, "authorization_pending"));
        UpstreamException late = assertThrows(UpstreamException.class, () -> flow.run(account));
        assertTrue(late.failure().detail().contains("expire"), late.failure().detail());
        assertEquals(List.of(5000L, 5000L, 5000L, 5000L, 5000L, 5000L), waits, "two codes of twelve seconds each");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401})
    void a_code_that_expired_is_replaced_once(int status) throws Exception {
        fake.faults().add(error(Endpoint.OAUTH_TOKEN, status, "expired_token").once());
        flow.run(account);
        assertEquals(2, fake.recorder().requests(Endpoint.DEVICE_CODE).size());
    }

    @Test
    void two_codes_that_expire_are_enough_for_now() {
        fake.faults().add(error(Endpoint.OAUTH_TOKEN, 400, "expired_token"));
        assertThrows(UpstreamException.class, () -> flow.run(account));
        assertEquals(2, fake.recorder().requests(Endpoint.DEVICE_CODE).size());
    }

    /** Where, under which status, which words; whether that is the service's last word for the day. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OAUTH_TOKEN | 400 | {\"error\":\"access_denied\"}                                    | true",
                "OAUTH_TOKEN | 400 | {\"error\":\"invalid_grant\"}                                    | true",
                "OAUTH_TOKEN | 400 | {\"error\":\"a_word_of_tomorrow\"}                               | true",
                "DEVICE_CODE | 400 | {\"error\":\"invalid_client\"}                                   | true",
                "DEVICE_CODE | 403 | {\"error\":\"unauthorized_client\"}                              | true",
                "AUTHORIZE   | 200 | {\"success\":false,\"data\":{\"code\":\"Forbidden\"}}            | true",
                "AUTHORIZE   | 200 | {\"success\":false,\"data\":{\"code\":\"Unauthorized\"}}         | false",
                "AUTHORIZE   | 200 | {\"success\":false,\"data\":{\"code\":\"RateLimited\"}}          | false",
                "AUTHORIZE   | 401 | {\"success\":false}                                              | false",
                "OAUTH_TOKEN | 500 | {\"error\":\"server_error\"}                                     | false",
                "OAUTH_TOKEN | 429 | {\"error\":\"too_many\"}                                         | false",
                "OAUTH_TOKEN | 200 | {\"access_token\":\"\"}                                          | false",
                "OAUTH_TOKEN | 200 | {\"access_token\":\"with\\nline\"}                               | false",
                "DEVICE_CODE | 200 | {}                                                               | false",
                "DEVICE_CODE | 200 | {\"device_code\":                                                | false",
                "DEVICE_CODE | 200 | <html>aliyun_waf</html>                                          | false",
                "DEVICE_CODE | 504 | gateway                                                          | false",
            })
    void a_refusal_is_told_apart_from_trouble(Endpoint where, int status, String body, boolean forGood) {
        fake.faults().add(says(where, status, body));
        Class<? extends Exception> wanted = forGood ? DeviceFlow.RefusedException.class : UpstreamException.class;
        Exception thrown = assertThrows(Exception.class, () -> flow.run(account));
        assertEquals(wanted, thrown.getClass(), thrown.toString());
        assertEquals(1, fake.recorder().requests(where).size());
    }

    @ParameterizedTest
    @CsvSource({"DEVICE_CODE", "AUTHORIZE", "OAUTH_TOKEN"})
    void a_connection_that_breaks_is_trouble(Endpoint where) {
        // The client of the JDK itself tries once more on a connection that broke unused.
        fake.faults().add(WireFaults.resetBeforeFirstByte().on(where));
        assertThrows(UpstreamException.class, () -> flow.run(account));
    }

    @Test
    void a_flow_that_is_told_to_stop_stops() throws Exception {
        fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.DEVICE_CODE));
        var ended = new ArrayList<String>();
        Thread running = new Thread(() -> {
            try {
                flow.run(account);
            } catch (InterruptedException stopped) {
                ended.add("stopped");
            } catch (DeviceFlow.RefusedException | UpstreamException other) {
                ended.add(other.toString());
            }
        });
        running.start();
        assertTrue(fake.recorder().awaitRequests(Endpoint.DEVICE_CODE, 1, Duration.ofSeconds(10)));
        running.interrupt();
        running.join(Duration.ofSeconds(10).toMillis());
        assertEquals(List.of("stopped"), ended);
    }

    @Test
    void the_challenge_is_the_one_of_the_rfc() {
        assertEquals(
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                new OauthClient.Pkce("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").challenge());
        long distinct = IntStream.range(0, 50)
                .mapToObj(i -> OauthClient.Pkce.fresh(new SecureRandom()).verifier())
                .distinct()
                .count();
        assertEquals(50, distinct);
    }
}
