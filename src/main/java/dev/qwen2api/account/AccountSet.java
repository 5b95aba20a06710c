package dev.qwen2api.account;

import dev.qwen2api.account.Account.Source;
import dev.qwen2api.config.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The stored accounts. Immutable: every change returns another set.
 *
 * @param accounts the accounts, in the order of their numbers
 * @param hidden fingerprints of cookies that {@code .env} still lists although the owner deleted their accounts
 * @param retired sessions that a change of {@code .env} took away, in case their cookies come back: their refresh token
 *     may be spent, and what is known of their users goes on
 */
public record AccountSet(List<Kept> accounts, Set<String> hidden, List<Retired> retired) {

    private static final Duration RETIRED_FOR = Duration.ofDays(30);

    /**
     * An account as it is stored.
     *
     * @param account the account with its newest session
     * @param origin fingerprint of the cookie text it was made from, so that a session renewed since is told from a
     *     cookie that the owner changed
     */
    public record Kept(Account account, String origin) {}

    /**
     * The newest session of an account that a change of {@code .env} took away.
     *
     * @param origin fingerprint of the cookie text
     * @param since when it left
     */
    public record Retired(String origin, Credential credential, Instant since) {

        private boolean isOf(Account account) {
            Optional<String> user = account.credential().userId();
            return user.isPresent() && user.equals(credential.userId());
        }

        private boolean isKept(Instant now) {
            return since.plus(RETIRED_FOR).isAfter(now);
        }
    }

    /** The outcome of a request to add an account. */
    public enum Addition {
        ADDED,
        /** The number is taken. */
        TAKEN,
        /** Another account has the same session, whose refresh token works once. */
        SAME_SESSION,
        /** The cookie has no usable token. */
        UNUSABLE,
        /** Its token has ended. */
        EXPIRED,
        /** It could not be made safe on disk. */
        NOT_STORED
    }

    /** The outcome of a request to replace the cookie of an account. */
    public enum Replacement {
        REPLACED,
        /** There is no such account. */
        UNKNOWN,
        /** The cookie has no usable token. */
        UNUSABLE,
        /** Its token has ended. */
        EXPIRED,
        /** It belongs to another user. */
        OTHER_USER,
        /** Another account has the same session. */
        TAKEN,
        /** It could not be made safe on disk. */
        NOT_STORED
    }

    /** Nothing was kept yet. */
    public static final AccountSet EMPTY = new AccountSet(List.of(), Set.of(), List.of());

    public AccountSet {
        accounts = List.copyOf(accounts);
        hidden = Set.copyOf(hidden);
        retired = List.copyOf(retired);
    }

    Optional<Kept> find(AccountId id) {
        return accounts.stream().filter(each -> each.account().id().equals(id)).findFirst();
    }

    /** The account that a request was sent with, as it is now; its number may be another one. */
    Optional<Kept> findSender(Account sender) {
        return find(sender.id())
                .filter(each -> sameUser(each.account().credential(), sender.credential()))
                .or(() -> accounts.stream()
                        .filter(each -> sameUser(each.account().credential(), sender.credential()))
                        .findFirst());
    }

    private static boolean sameUser(Credential known, Credential other) {
        return known.userId().isPresent() ? known.userId().equals(other.userId()) : known.isSameSession(other);
    }

    /**
     * The set under these cookies of {@code .env}. An account whose cookie stands there as before keeps the session
     * that it was renewed to since, whatever its number is now, also one that was away for a while; one that was
     * deleted stays so. Accounts added by API stay unless a cookie claims their number.
     */
    AccountSet under(List<String> cookies, Instant now) {
        var next = new TreeMap<AccountId, Kept>();
        var stillHidden = new TreeSet<String>();
        accounts.stream()
                .filter(each -> each.account().source() == Source.API)
                .forEach(each -> next.put(each.account().id(), each));
        for (int i = 0; i < cookies.size(); i++) {
            String origin = fingerprint(cookies.get(i));
            if (hidden.contains(origin)) {
                stillHidden.add(origin);
            } else {
                var id = new AccountId(i + 1);
                claim(id, cookies.get(i), origin, now).ifPresent(each -> next.put(id, each));
            }
        }
        List<Kept> present = List.copyOf(next.values());
        return new AccountSet(present, stillHidden, retired(present, now));
    }

    /** The retired sessions beside {@code present}, with those that leave now. */
    private List<Retired> retired(List<Kept> present, Instant now) {
        Set<String> origins = present.stream().map(Kept::origin).collect(Collectors.toSet());
        var byOrigin = new TreeMap<String, Retired>();
        retired.stream().filter(each -> each.isKept(now)).forEach(each -> byOrigin.put(each.origin(), each));
        accounts.stream()
                .filter(each -> !origins.contains(each.origin()))
                .map(each -> retired(each, now))
                .forEach(each -> byOrigin.put(each.origin(), each));
        byOrigin.keySet().removeAll(origins);
        return List.copyOf(byOrigin.values());
    }

    /** A replaced session belongs to the cookie that was pasted, not to the entry of {@code .env}. */
    private static Retired retired(Kept leaving, Instant now) {
        Credential session = leaving.account().credential();
        boolean replaced = leaving.account().source() == Source.REPLACED;
        return new Retired(replaced ? fingerprint(session.cookieHeader()) : leaving.origin(), session, now);
    }

    private Optional<Kept> claim(AccountId id, String cookie, String origin, Instant now) {
        return find(id).filter(each -> each.origin().equals(origin))
                .or(() -> ofEnv(origin))
                .map(Kept::account)
                .map(known ->
                        new Account(id, known.source() == Source.API ? Source.ENV : known.source(), known.credential()))
                .or(() -> retired.stream()
                        .filter(each -> each.origin().equals(origin) && each.isKept(now))
                        .map(Retired::credential)
                        .findFirst()
                        .or(() -> Credential.parse(cookie))
                        .map(credential -> new Account(id, Source.ENV, credential)))
                .map(account -> new Kept(account.copiedFrom(cookie), origin));
    }

    private Optional<Kept> ofEnv(String origin) {
        return accounts.stream()
                .filter(each -> each.account().source() != Source.API)
                .filter(each -> each.origin().equals(origin))
                .findFirst();
    }

    /** Why an account may not be added; empty if it may. */
    Optional<Addition> additionRefusal(AccountId id, String cookie, Instant now) {
        if (find(id).isPresent()) {
            return Optional.of(Addition.TAKEN);
        }
        Optional<Credential> credential = Credential.parse(cookie).filter(Credential::isReadable);
        if (credential.isEmpty()) {
            return Optional.of(Addition.UNUSABLE);
        }
        if (credential.get().isDeadAt(now)) {
            return Optional.of(Addition.EXPIRED);
        }
        return isUsedByOthers(id, credential.get(), cookie) ? Optional.of(Addition.SAME_SESSION) : Optional.empty();
    }

    /** Whether another account has the session of a cookie, or one that it was renewed to since. */
    private boolean isUsedByOthers(AccountId id, Credential credential, String cookie) {
        String origin = fingerprint(cookie);
        return accounts.stream()
                .filter(each -> !each.account().id().equals(id))
                .anyMatch(each -> each.account().credential().isSameSession(credential)
                        || each.account().source() != Source.REPLACED
                                && each.origin().equals(origin));
    }

    /**
     * Why a cookie may not replace the one of an account; empty if it may.
     *
     * @param anyUser whether it may belong to another user; a token that names no user is never of another one
     */
    Optional<Replacement> replacementRefusal(AccountId id, String cookie, boolean anyUser, Instant now) {
        Optional<Kept> known = find(id);
        if (known.isEmpty()) {
            return Optional.of(Replacement.UNKNOWN);
        }
        Optional<Credential> fresh = Credential.parse(cookie);
        if (fresh.isEmpty()) {
            return Optional.of(Replacement.UNUSABLE);
        }
        if (fresh.get().isDeadAt(now)) {
            return Optional.of(Replacement.EXPIRED);
        }
        Optional<String> user = known.get().account().credential().userId();
        Optional<String> other = fresh.get().userId();
        if (!anyUser && user.isPresent() && other.isPresent() && !user.equals(other)) {
            return Optional.of(Replacement.OTHER_USER);
        }
        return isUsedByOthers(id, fresh.get(), cookie) ? Optional.of(Replacement.TAKEN) : Optional.empty();
    }

    /** With an account of the API in the place of the one that has its number. */
    AccountSet withAdded(AccountId id, Credential credential, String cookie) {
        return with(new Kept(new Account(id, Source.API, credential), fingerprint(cookie)));
    }

    /**
     * With another cookie in the place of the one that an account has. One of {@code .env} keeps the fingerprint of its
     * entry there, and so the replacement lasts until that entry changes.
     */
    AccountSet withReplaced(Kept known, Credential credential, String cookie) {
        boolean api = known.account().source() == Source.API;
        var account = new Account(known.account().id(), api ? Source.API : Source.REPLACED, credential);
        return with(new Kept(account, api ? fingerprint(cookie) : known.origin()));
    }

    AccountSet with(Kept account) {
        var next = byNumber();
        next.put(account.account().id(), account);
        return new AccountSet(List.copyOf(next.values()), hidden, retired);
    }

    /**
     * Without an account and every older session of its user; the cookie of one of {@code .env} is hidden until it
     * changes there.
     */
    AccountSet without(Kept gone) {
        var next = byNumber();
        next.remove(gone.account().id());
        var nowHidden = new TreeSet<>(hidden);
        if (gone.account().source() != Source.API) {
            nowHidden.add(gone.origin());
        }
        List<Retired> left = retired.stream()
                .filter(each -> !each.origin().equals(gone.origin()) && !each.isOf(gone.account()))
                .toList();
        return new AccountSet(List.copyOf(next.values()), nowHidden, left);
    }

    private Map<AccountId, Kept> byNumber() {
        var byNumber = new TreeMap<AccountId, Kept>();
        accounts.forEach(each -> byNumber.put(each.account().id(), each));
        return byNumber;
    }

    /**
     * With the sessions of {@code serving} that were renewed since they were read from {@code cookies}: they came
     * after those that are kept of the same cookies.
     */
    AccountSet withRenewed(AccountSet serving, List<String> cookies) {
        AccountSet next = this;
        for (Kept each : serving.accounts()) {
            Credential now = each.account().credential();
            boolean asWritten = cookies.stream()
                    .flatMap(cookie -> Credential.parse(cookie).stream())
                    .anyMatch(written -> written.token().equals(now.token()));
            if (!asWritten) {
                List<Kept> renewed = next.accounts.stream()
                        .map(old -> old.origin().equals(each.origin())
                                ? new Kept(old.account().with(now), old.origin())
                                : old)
                        .toList();
                next = new AccountSet(renewed, hidden, retired);
            }
        }
        return next;
    }

    private static String fingerprint(String cookie) {
        return Sha256.hex(cookie.getBytes(StandardCharsets.UTF_8));
    }
}
