package dev.qwen2api.http.routes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountSet.Addition;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.Credential;
import dev.qwen2api.config.CookieList;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.ManagementJson;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds and removes accounts, and ends their cooldowns. A failed request changes nothing; no answer and no log line
 * holds a cookie. Thread-safe.
 */
public final class AccountRoutes implements Routes {

    /** The parameter of a path. */
    static final String PARAM = "num";

    private static final Logger LOG = LoggerFactory.getLogger(AccountRoutes.class);
    private static final int LONGEST = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String NOT_ADDED = "添加账户失败（账户可能已存在或 Cookie 无效）";
    private static final String NOT_ADDED_NOT_STORED = "添加账户失败（数据库无法写入，未作任何更改）";
    private static final String NOT_REMOVED = "删除账户失败（账户不存在）";
    private static final String NOT_REMOVED_NOT_STORED = "删除账户失败（数据库无法写入，未作任何更改）";
    private static final String NOT_RESET = "重置账户失败（账户不存在）";

    private final RouteSupport support;
    private final AccountRegistry accounts;
    private final AccountRing ring;
    private final Function<Account, Optional<Failure>> check;
    private final Clock clock;

    /**
     * @param check asks the service why a session is no good; empty where it is good. Takes a few seconds at most
     * @param clock its zone is that of the time at which a session ends
     */
    public AccountRoutes(
            RouteSupport support,
            AccountRegistry accounts,
            AccountRing ring,
            Function<Account, Optional<Failure>> check,
            Clock clock) {
        this.support = support;
        this.accounts = accounts;
        this.ring = ring;
        this.check = check;
        this.clock = clock;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post("/api/addAccount", this::add, RouteAccess.ADMIN);
        table.delete("/api/deleteAccount/{" + PARAM + "}", this::remove, RouteAccess.ADMIN);
        table.post("/api/accounts/{" + PARAM + "}/reset", this::reset, RouteAccess.ADMIN);
    }

    private void add(Context ctx) throws IOException {
        JsonNode body = read(support, ctx);
        AccountId id = inBody(body);
        String cookie = cookie(body);
        Optional<Account> candidate = Credential.parse(cookie)
                .map(credential -> new Account(id, Account.Source.API, credential))
                .filter(account -> accounts.refusal(id, cookie).isEmpty());
        SessionCheck found = candidate.map(this::checked).orElse(SessionCheck.SKIPPED);
        Addition outcome = found.isDead() ? Addition.EXPIRED : accounts.add(id, cookie);
        switch (outcome) {
            case ADDED -> {
                found.failure().filter(AccountRoutes::isOfAccount).ifPresent(failure -> ring.checked(id, failure));
                ManagementJson.send(ctx, 200, added(id, cookie, found));
            }
            case TAKEN -> ManagementJson.send(ctx, 409, ManagementJson.failure(NOT_ADDED));
            case SAME_SESSION ->
                ManagementJson.send(ctx, 409, ManagementJson.failure(NOT_ADDED).put("code", "cookie_in_use"));
            case UNUSABLE, EXPIRED -> ManagementJson.send(ctx, 400, ManagementJson.failure(NOT_ADDED));
            case NOT_STORED -> ManagementJson.send(ctx, 503, ManagementJson.failure(NOT_ADDED_NOT_STORED));
        }
        tell(id, outcome);
    }

    /**
     * What the service says of a session before its account is added.
     *
     * @param done whether it was asked
     * @param failure why the session is no good, or was not judged
     */
    private record SessionCheck(boolean done, Optional<Failure> failure) {

        static final SessionCheck SKIPPED = new SessionCheck(false, Optional.empty());

        boolean isDead() {
            return failure.filter(each -> each.kind().cause() == FailureKind.Cause.SESSION)
                    .isPresent();
        }

        /** Whether the service knows the session. */
        boolean passed() {
            return done && failure.isEmpty();
        }
    }

    /**
     * A session that can be renewed is not given up for its token, and renewing it here would spend its refresh token.
     */
    private SessionCheck checked(Account account) {
        boolean ended =
                account.credential().token().isEmpty() || account.credential().expiredAt(clock.instant());
        if (ended) {
            return SessionCheck.SKIPPED;
        }
        var found = new SessionCheck(true, check.apply(account));
        return found.isDead() && account.credential().isRenewable() ? SessionCheck.SKIPPED : found;
    }

    /** Whether a failure is a state of the account rather than one of the network. */
    private static boolean isOfAccount(Failure failure) {
        return switch (failure.kind().cause()) {
            case LIMIT, CHALLENGE, ACCOUNT -> true;
            case SESSION, CONNECTION, SERVICE, REQUEST -> false;
        };
    }

    static JsonNode read(RouteSupport support, Context ctx) throws IOException {
        try (InputStream body = support.body(ctx, LONGEST)) {
            JsonNode root = JSON.readTree(body);
            if (!root.isObject()) {
                throw Problem.of(
                                ProblemKind.INVALID_REQUEST,
                                "The body must be a JSON object: {\"num\": \"3\", \"cookie\": \"...\"}.")
                        .toException();
            }
            return root;
        }
    }

    /**
     * The cookie of a body without what comes along when one copies from a browser, as is done with {@code .env};
     * empty if it is several.
     */
    static String cookie(JsonNode body) {
        JsonNode text = body.path("cookie");
        if (!text.isTextual()) {
            throw Problem.invalid("cookie", "'cookie' must be a string: the whole cookie of a signed-in browser.")
                    .toException();
        }
        var cookies = CookieList.parse(text.textValue()).cookies();
        return cookies.size() == 1 ? cookies.get(0).reveal() : "";
    }

    private ObjectNode added(AccountId id, String cookie, SessionCheck found) {
        Optional<Credential> credential = Credential.parse(cookie);
        boolean hasToken = credential.filter(each -> !each.token().isEmpty()).isPresent();
        ObjectNode answer = ManagementJson.success().put("message", "账户 #" + id.num() + " 添加成功");
        answer.putObject("account")
                .put("num", Integer.toString(id.num()))
                .put("accountId", id.toString())
                .put("hasToken", hasToken)
                .put("expires", ManagementJson.wallClock(credential.flatMap(Credential::expires), clock.getZone()))
                .put("checked", found.passed())
                .put("state", state(id).wire());
        return answer;
    }

    private AccountState state(AccountId id) {
        return ring.statuses().stream()
                .filter(each -> each.account().id().equals(id))
                .findFirst()
                .map(AccountStatus::state)
                .orElse(AccountState.ACTIVE);
    }

    private static void tell(AccountId id, Addition outcome) {
        switch (outcome) {
            case ADDED -> LOG.info("[ACCOUNT] {} added by API", id);
            case TAKEN -> LOG.warn("[ACCOUNT] {} not added by API: the number is taken", id);
            case SAME_SESSION -> LOG.warn("[ACCOUNT] {} not added by API: another account has the same session", id);
            case UNUSABLE -> LOG.warn("[ACCOUNT] {} not added by API: its cookie has no usable token", id);
            case EXPIRED -> LOG.warn("[ACCOUNT] {} not added by API: its session has ended; copy a fresh cookie", id);
            case NOT_STORED -> LOG.warn("[ACCOUNT] {} not added by API: it could not be stored", id);
        }
    }

    private void remove(Context ctx) {
        AccountId id = inPath(ctx);
        switch (accounts.remove(id)) {
            case REMOVED -> {
                LOG.info("[ACCOUNT] {} removed by API", id);
                succeed(ctx, "账户 #" + id.num() + " 删除成功");
            }
            case UNKNOWN -> ManagementJson.send(ctx, 404, ManagementJson.failure(NOT_REMOVED));
            case NOT_STORED -> {
                LOG.warn("[ACCOUNT] {} not removed by API: that could not be stored", id);
                ManagementJson.send(ctx, 503, ManagementJson.failure(NOT_REMOVED_NOT_STORED));
            }
        }
    }

    private void reset(Context ctx) {
        AccountId id = inPath(ctx);
        if (ring.reset(id)) {
            LOG.info("[ACCOUNT] {} reset by API: it may be used again at once", id);
            succeed(ctx, "账户 #" + id.num() + " 重置成功");
        } else {
            ManagementJson.send(ctx, 404, ManagementJson.failure(NOT_RESET));
        }
    }

    private static void succeed(Context ctx, String message) {
        ManagementJson.send(ctx, 200, ManagementJson.success().put("message", message));
    }

    static AccountId inPath(Context ctx) {
        return AccountId.parse(ctx.pathParam(PARAM)).orElseThrow(AccountRoutes::refused);
    }

    /** Reads a string; a whole number is as good. */
    private static AccountId inBody(JsonNode body) {
        JsonNode num = body.path(PARAM);
        if (!num.isTextual() && !num.isIntegralNumber()) {
            throw refused();
        }
        return AccountId.parse(num.asText()).orElseThrow(AccountRoutes::refused);
    }

    private static ProblemException refused() {
        return Problem.invalid(
                        PARAM,
                        "'num' must be the number of an account, such as \"3\": 1 to 999999, without leading zeros.")
                .toException();
    }
}
