package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.FakeOauth.Decision;
import dev.qwen2api.fakeqwen.FakeOauth.Device;
import dev.qwen2api.fakeqwen.FakeOauth.Grant;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** The OAuth routes: device code, approval, tokens. Bodies are forms but for the approval. */
final class OauthEndpoint {
    private static final String CLIENT = "f0304373b74a44d2b584a3fb70ca9e56";
    private static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

    private final FakeOauth oauth;
    private final FakeAccounts accounts;

    OauthEndpoint(Parts parts) {
        this.oauth = parts.oauth();
        this.accounts = parts.accounts();
    }

    void deviceCode(Exchange exchange) throws IOException {
        Request request = exchange.request();
        Optional<String> challenge = request.form("code_challenge");
        boolean good = challenge.isPresent()
                && request.form("client_id").filter(CLIENT::equals).isPresent()
                && request.form("scope").isPresent()
                && request.form("code_challenge_method").filter("S256"::equals).isPresent();
        if (!good) {
            exchange.reply(PortalReplies.oauth("invalid_request", "client_id, scope and an S256 challenge are needed"));
            return;
        }
        String userCode = (Ids.hex(4) + "-" + Ids.hex(4)).toUpperCase(Locale.ROOT);
        String code = oauth.startDevice(userCode, challenge.get());
        exchange.reply(Reply.json("{\"device_code\":\"" + code + "\",\"user_code\":\"" + userCode
                + "\",\"verification_uri\":\"https://chat.qwen.ai/authorize\",\"verification_uri_complete\":"
                + "\"https://chat.qwen.ai/authorize?user_code=" + userCode
                + "&client=qwen-code\",\"expires_in\":900,\"interval\":5}"));
    }

    /** What the browser of the signed-in owner sends. */
    void authorize(Exchange exchange) throws IOException {
        Request request = exchange.request();
        exchange.reply(accounts.refusal(request).orElseGet(() -> {
            String userCode = request.json().path("user_code").asText();
            boolean approved = request.json().path("approved").asBoolean();
            boolean known = oauth.decide(userCode, request.userId().orElse(""), approved);
            return known ? Reply.success(request, "true") : CannedReplies.notFound(request, "");
        }));
    }

    void token(Exchange exchange) throws IOException {
        Request request = exchange.request();
        String grant = request.form("grant_type").orElse("");
        if (request.form("client_id").filter(CLIENT::equals).isEmpty()) {
            exchange.reply(PortalReplies.oauth("invalid_client", "unknown client"));
        } else if (grant.equals(DEVICE_GRANT)) {
            exchange.reply(poll(request));
        } else if (grant.equals("refresh_token")) {
            exchange.reply(request.form("refresh_token")
                    .flatMap(oauth::refresh)
                    .map(this::granted)
                    .orElseGet(() -> PortalReplies.oauth("invalid_request", "Invalid refresh token or client_id")));
        } else {
            exchange.reply(PortalReplies.oauth("unsupported_grant_type", grant));
        }
    }

    private Reply poll(Request request) {
        String code = request.form("device_code").orElse("");
        Optional<Device> device = oauth.device(code);
        if (device.isEmpty()) {
            return PortalReplies.oauth("expired_token", "The device code has expired");
        }
        if (oauth.asksToSlowDown()) {
            return PortalReplies.oauth("slow_down", "Polling too fast").status(429);
        }
        String verifier = request.form("code_verifier").orElse("");
        if (!FakeOauth.challenge(verifier).equals(device.get().challenge())) {
            return PortalReplies.oauth("invalid_grant", "code_verifier does not match");
        }
        Decision decision = device.get().decision();
        return switch (decision.state()) {
            case PENDING -> PortalReplies.oauth("authorization_pending", "The owner has not decided yet");
            case DENIED -> PortalReplies.oauth("access_denied", "The owner has declined");
            case APPROVED -> granted(oauth.redeem(code, decision.userId()));
        };
    }

    private Reply granted(Grant grant) {
        return Reply.json("{\"status\":\"success\",\"access_token\":\"" + grant.accessToken()
                + "\",\"refresh_token\":\"" + grant.refreshToken() + "\",\"token_type\":\"Bearer\",\"expires_in\":"
                + FakeOauth.ACCESS_LIFE.toSeconds() + ",\"scope\":\"openid profile email model.completion\","
                + "\"resource_url\":" + Json.quoted(oauth.resourceUrl()) + "}");
    }
}
