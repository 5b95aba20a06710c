package dev.qwen2api.qwen;

import dev.qwen2api.account.AccountId;
import java.util.Map;

/** Is told of cookies that the upstream set for an account. An empty value takes a cookie away. */
@FunctionalInterface
public interface CookieListener {
    void cookiesSet(AccountId account, Map<String, String> cookies);
}
