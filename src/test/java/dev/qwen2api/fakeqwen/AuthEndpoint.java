package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.util.Optional;

/** Sign-in, the question whose token this is, and the renewal of short-lived tokens. */
final class AuthEndpoint {
    private final FakeAccounts accounts;

    AuthEndpoint(Parts parts) {
        this.accounts = parts.accounts();
    }

    void signIn(Exchange exchange) throws IOException {
        Optional<String> user = user(exchange.request());
        exchange.reply(user.map(id -> Reply.json(record(exchange.request(), id, accounts.token(id))))
                .orElseGet(AuthEndpoint::wrongPassword));
    }

    /** The newer form: the token is in a cookie and nowhere else. */
    void signInByCookie(Exchange exchange) throws IOException {
        Optional<String> user = user(exchange.request());
        exchange.reply(user.map(id -> Reply.success(exchange.request(), record(exchange.request(), id, ""))
                        .header("set-cookie", "token=" + accounts.token(id) + "; Path=/; HttpOnly"))
                .orElseGet(AuthEndpoint::wrongPassword));
    }

    void whoAmI(Exchange exchange) throws IOException {
        Request request = exchange.request();
        if (accounts.standing(request) != FakeAccounts.Standing.ALIVE) {
            exchange.reply(Reply.json("{\"code\":\"Unauthorized\",\"message\":\"401 Unauthorized\"}")
                    .status(401));
            return;
        }
        exchange.reply(Reply.json(
                record(request, request.userId().orElse(""), request.token().orElse(""))));
    }

    void refresh(Exchange exchange) throws IOException {
        Request request = exchange.request();
        boolean framed = request.headers().has("version")
                && request.headers().has("source")
                && request.headers().has("x-request-origin")
                && request.header("sec-fetch-site").filter("same-site"::equals).isPresent();
        if (!framed) {
            exchange.reply(Reply.of(200, "text/plain; charset=utf-8", "Invalid request header")
                    .actual(400));
            return;
        }
        Optional<String> user = request.cookie("refresh_token").flatMap(accounts::renew);
        exchange.reply(user.map(id -> renewed(request, id)).orElseGet(() -> CannedReplies.expired(request)));
    }

    private Reply renewed(Request request, String userId) {
        String access = accounts.shortToken(userId);
        String refresh = accounts.refreshToken(userId);
        long expires = FakeTokens.read(access).orElseThrow().expiry().getEpochSecond();
        return Reply.success(
                        request,
                        "{\"access_token\":\"" + access + "\",\"expires_at\":" + expires + ",\"refresh_token\":\""
                                + refresh + "\"}")
                .header("set-cookie", "token=" + access + "; Domain=.qwen.ai; Path=/; Max-Age=900; Secure")
                .header(
                        "set-cookie",
                        "refresh_token=" + refresh + "; Domain=.qwen.ai; Path=/; Max-Age=2592000; HttpOnly; Secure");
    }

    private Optional<String> user(Request request) {
        return accounts.signIn(
                request.json().path("email").asText(),
                request.json().path("password").asText());
    }

    private static Reply wrongPassword() {
        return Reply.json("{\"detail\":\"The email or password provided is incorrect.\"}")
                .status(400);
    }

    private static String record(Request request, String userId, String token) {
        String email = request.json().path("email").asText("a@example.test");
        String signed = token.isEmpty() ? "" : ",\"token\":\"" + token + "\",\"token_type\":\"Bearer\"";
        return "{\"id\":\"" + userId + "\",\"email\":" + Json.quoted(email)
                + ",\"name\":\"A\",\"role\":\"user\",\"profile_image_url\":\"/user.png\"" + signed + "}";
    }
}
