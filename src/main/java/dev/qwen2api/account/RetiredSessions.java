package dev.qwen2api.account;

import dev.qwen2api.account.Account.Source;
import dev.qwen2api.account.AccountSet.Kept;
import dev.qwen2api.account.AccountSet.Retired;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Decides which sessions are kept for cookies that may come back into {@code .env}. */
final class RetiredSessions {

    private RetiredSessions() {}

    /**
     * Returns the retired sessions after a change of {@code .env}, one for each cookie.
     *
     * @param earlier those that were retired before
     * @param accounts the accounts before the change
     * @param present the accounts after it
     */
    static List<Retired> after(List<Retired> earlier, List<Kept> accounts, List<Kept> present, Instant now) {
        Set<String> origins = present.stream().map(Kept::origin).collect(Collectors.toSet());
        Stream<Retired> leaving = accounts.stream()
                .filter(each -> !origins.contains(each.origin()))
                .map(each -> retired(each, now));
        var byOrigin = new LinkedHashMap<String, Retired>();
        Stream.concat(earlier.stream().filter(each -> each.isKept(now)), leaving)
                .filter(each -> !origins.contains(each.origin()))
                .forEach(each -> byOrigin.put(each.origin(), each));
        return List.copyOf(byOrigin.values());
    }

    /** A replaced session belongs to the cookie that was pasted, not to the entry of {@code .env}. */
    private static Retired retired(Kept leaving, Instant now) {
        Credential session = leaving.account().credential();
        boolean replaced = leaving.account().source() == Source.REPLACED;
        String origin = replaced ? AccountSet.fingerprint(session.cookieHeader()) : leaving.origin();
        return new Retired(origin, session, now);
    }
}
