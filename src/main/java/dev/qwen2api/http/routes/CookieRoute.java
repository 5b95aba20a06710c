package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountSet.Replacement;
import dev.qwen2api.account.Credential;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.http.server.ManagementJson;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the cookie of an account: in {@code .env} if the file can be written, else in the store. A refused request
 * changes nothing; no answer and no log line holds a cookie. Thread-safe.
 */
public final class CookieRoute implements Routes {

    private static final Logger LOG = LoggerFactory.getLogger(CookieRoute.class);
    private static final String ANY_USER = "allowOtherUser";

    private final RouteSupport support;
    private final AccountRegistry accounts;
    private final EnvReloader reloader;
    private final ZoneId zone;

    /** @param zone of the time at which a session ends */
    public CookieRoute(RouteSupport support, AccountRegistry accounts, EnvReloader reloader, ZoneId zone) {
        this.support = support;
        this.accounts = accounts;
        this.reloader = reloader;
        this.zone = zone;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.put("/api/accounts/{" + AccountRoutes.PARAM + "}/cookie", this::replace, RouteAccess.ADMIN);
    }

    private void replace(Context ctx) throws IOException {
        AccountId id = AccountRoutes.inPath(ctx);
        JsonNode body = AccountRoutes.read(support, ctx);
        String cookie = AccountRoutes.cookie(body);
        JsonNode allowed = body.path(ANY_USER);
        if (!allowed.isMissingNode() && !allowed.isBoolean()) {
            throw Problem.invalid(ANY_USER, "'" + ANY_USER + "' must be true or false.")
                    .toException();
        }
        boolean anyUser = allowed.booleanValue();
        Optional<Replacement> refusal = accounts.refusal(id, cookie, anyUser);
        boolean inFile = refusal.isEmpty()
                && accounts.cookieOfEnv(id)
                        .filter(before -> reloader.replaceCookie(id.num(), before, cookie))
                        .isPresent();
        Replacement outcome = inFile
                ? Replacement.REPLACED
                : refusal.isPresent() ? refusal.get() : accounts.replace(id, cookie, anyUser);
        if (outcome == Replacement.REPLACED) {
            LOG.info("[ACCOUNT] {}: its cookie was replaced by API in {}", id, inFile ? ".env" : "the database");
            succeed(ctx, id, cookie);
        } else {
            var refused = Refusal.of(outcome);
            LOG.warn("[ACCOUNT] {}: its cookie was not replaced by API: {}", id, refused.code());
            ManagementJson.send(
                    ctx,
                    refused.status(),
                    ManagementJson.failure("替换 Cookie 失败（" + refused.why() + "）")
                            .put("code", refused.code()));
        }
    }

    private void succeed(Context ctx, AccountId id, String cookie) {
        var answer = ManagementJson.success().put("message", "账户 #" + id.num() + " 的 Cookie 已替换");
        answer.putObject("account")
                .put("num", Integer.toString(id.num()))
                .put("accountId", id.toString())
                .put("cookieSource", accounts.source(id).name().toLowerCase(Locale.ROOT))
                .put(
                        "expires",
                        ManagementJson.wallClock(Credential.parse(cookie).flatMap(Credential::expires), zone));
        ManagementJson.send(ctx, 200, answer);
    }

    private record Refusal(int status, String why, String code) {

        static Refusal of(Replacement outcome) {
            return switch (outcome) {
                case REPLACED -> throw new IllegalArgumentException("replaced");
                case UNKNOWN -> new Refusal(404, "账户不存在", "no_such_account");
                case UNUSABLE -> new Refusal(400, "Cookie 无效", "unusable_cookie");
                case EXPIRED -> new Refusal(400, "Cookie 已过期", "expired_cookie");
                case OTHER_USER -> new Refusal(409, "Cookie 属于另一个用户", "other_user");
                case TAKEN -> new Refusal(409, "Cookie 已被另一个账户使用", "cookie_in_use");
                case NOT_STORED -> new Refusal(503, "数据库无法写入，未作任何更改", "not_stored");
            };
        }
    }
}
