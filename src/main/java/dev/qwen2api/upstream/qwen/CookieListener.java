package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import java.util.Map;

/**
 * Is told of cookies that the upstream set for an account, which is given as the request was sent with. An empty value takes a
 * cookie away.
 */
@FunctionalInterface
public interface CookieListener {
    void cookiesSet(Account asked, Map<String, String> cookies);
}
