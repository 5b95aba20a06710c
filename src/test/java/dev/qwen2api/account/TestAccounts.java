package dev.qwen2api.account;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** Accounts for tests, with tokens that can be read but prove nothing. */
public final class TestAccounts {

    private TestAccounts() {}

    public static Account account(int num) {
        return account(num, "user-" + num, Instant.parse("2030-01-01T00:00:00Z"));
    }

    public static Account account(int num, String user, Instant expires) {
        return new Account(new AccountId(num), Account.Source.ENV, credential(user, expires));
    }

    public static Credential credential(String user, Instant expires) {
        return Credential.parse("token=" + token(user, expires) + "; ssxmod_itna=1-x")
                .orElseThrow();
    }

    public static String token(String user, Instant expires) {
        String claims = "{\"id\":\"" + user + "\",\"exp\":" + expires.getEpochSecond() + "}";
        return base64("{\"alg\":\"HS256\"}") + "." + base64(claims) + ".signature";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
