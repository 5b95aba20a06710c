package dev.qwen2api.account;

import dev.qwen2api.account.Account.Source;
import dev.qwen2api.account.AccountSet.Addition;
import dev.qwen2api.account.AccountSet.Kept;
import dev.qwen2api.account.AccountSet.Replacement;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.AccountStore.NotStoredException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the set of accounts: those of {@code .env}, those added by API, and their stored sessions. A change takes
 * effect only once it is on disk. While the database is unreadable, only the accounts of {@code .env} serve, and
 * nothing is written. Thread-safe; changes run one after the other.
 */
public final class AccountRegistry {

    private static final Logger LOG = LoggerFactory.getLogger(AccountRegistry.class);

    private final AccountRing ring;
    private final AccountStore store;
    private final Clock clock;
    /** No monitor: a virtual thread that waits for the disk in one keeps its carrier before Java 24. */
    private final ReentrantLock lock = new ReentrantLock();

    private AccountSet accountSet = AccountSet.EMPTY;
    private List<String> cookies = List.of();
    private Optional<HealthStore> keptHealth = Optional.empty();
    private boolean known;
    private boolean unreadReported;

    public enum Removal {
        REMOVED,
        UNKNOWN,
        NOT_STORED
    }

    public AccountRegistry(AccountRing ring, AccountStore store, Clock clock) {
        this.ring = ring;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Puts the cookies of {@code .env} in force, together with what was kept. Called once, first.
     *
     * @param fromEnv the n-th is the cookie text of account n; where it is empty, there is none
     * @return the numbers of those that have no usable token, and so are no accounts
     */
    public List<Integer> start(List<String> fromEnv, HealthStore health) {
        return locked(() -> {
            cookies = List.copyOf(fromEnv);
            keptHealth = Optional.of(health);
            if (!catchUp()) {
                settle(accountSet, Map.of());
            }
            return unusable();
        });
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads what was kept, where that failed so far, and puts it in force.
     *
     * @return whether it is known now
     */
    public boolean catchUp() {
        return locked(this::loaded);
    }

    private boolean loaded() {
        if (known) {
            return true;
        }
        try {
            AccountSet stored = store.load();
            known = true;
            accountSet = stored.withRenewed(accountSet, cookies);
            settle(stored, keptHealth.map(HealthStore::load).orElse(Map.of()));
            return true;
        } catch (NotReadException unread) {
            if (!unreadReported) {
                LOG.warn(
                        "[ACCOUNT] what was kept of accounts is not known; those of .env serve alone: {}",
                        unread.getMessage());
            }
            unreadReported = true;
            return false;
        }
    }

    /** Puts the accounts of the cookies in force, with those that are kept, and keeps what is new. */
    private void settle(AccountSet before, Map<String, AccountHealth> health) {
        accountSet = accountSet.under(cookies, clock.instant());
        if (known && !before.equals(accountSet)) {
            try {
                store.replaceAll(accountSet);
            } catch (NotStoredException broken) {
                LOG.warn("[ACCOUNT] the accounts of .env serve, but are not kept: {}", broken.getMessage());
            }
        }
        ring.replace(accounts(), retiredUsers(accountSet), health);
        forgetLapsed(retiredUsers(before));
    }

    /** The users of sessions that may come back. */
    private static Set<String> retiredUsers(AccountSet accountSet) {
        return accountSet.retired().stream()
                .flatMap(each -> each.credential().userId().stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Forgets users whose retired session is not kept any longer; the ring knows those alone that it had. */
    private void forgetLapsed(Set<String> lapsed) {
        lapsed.removeAll(retiredUsers(accountSet));
        accounts().forEach(each -> each.credential().userId().ifPresent(lapsed::remove));
        keptHealth.ifPresent(store -> lapsed.forEach(store::forget));
    }

    /** Result of a changed {@code QWEN_COOKIES}. */
    public record Reload(List<Integer> unusable, int stayed) {}

    /** Puts a changed list of cookies in force; accounts added by API stay unless their number is claimed now. */
    public Reload reload(List<String> fromEnv) {
        return locked(() -> {
            cookies = List.copyOf(fromEnv);
            if (known || !catchUp()) {
                settle(accountSet, Map.of());
            }
            int stayed = (int) accounts().stream()
                    .filter(each -> each.source() == Source.API)
                    .count();
            return new Reload(unusable(), stayed);
        });
    }

    private List<Integer> unusable() {
        return IntStream.range(0, cookies.size())
                .filter(i -> !cookies.get(i).isEmpty())
                .filter(i -> Credential.parse(cookies.get(i)).isEmpty())
                .mapToObj(i -> i + 1)
                .toList();
    }

    private List<Account> accounts() {
        return accountSet.accounts().stream().map(Kept::account).toList();
    }

    /** Adds an account beside those of {@code .env}. */
    public Addition add(AccountId id, String cookie) {
        return locked(() -> refusal(id, cookie)
                .orElseGet(() -> Credential.parse(cookie)
                        .filter(credential -> change(accountSet.withAdded(id, credential, cookie)))
                        .map(added -> Addition.ADDED)
                        .orElse(Addition.NOT_STORED)));
    }

    /** Why an account cannot be added; empty where it can. */
    public Optional<Addition> refusal(AccountId id, String cookie) {
        return locked(() ->
                catchUp() ? accountSet.additionRefusal(id, cookie, clock.instant()) : Optional.of(Addition.NOT_STORED));
    }

    /** Why a cookie may not replace the one of an account; empty if it may. Changes nothing. */
    public Optional<Replacement> refusal(AccountId id, String cookie, boolean anyUser) {
        return locked(() -> catchUp()
                ? accountSet.replacementRefusal(id, cookie, anyUser, clock.instant())
                : Optional.of(Replacement.NOT_STORED));
    }

    /**
     * The cookie of {@code .env} that an account has or had before it was replaced; empty for one of the API. A secret.
     */
    public Optional<String> cookieOfEnv(AccountId id) {
        return locked(() -> accountSet
                .find(id)
                .filter(known -> known.account().source() != Source.API && id.num() <= cookies.size())
                .map(known -> cookies.get(id.num() - 1)));
    }

    /** Where the cookie of an account comes from. */
    public Source source(AccountId id) {
        return locked(
                () -> accountSet.find(id).map(known -> known.account().source()).orElse(Source.API));
    }

    /** Replaces the cookie of an account in the store; for one of {@code .env}, until its entry there changes. */
    public Replacement replace(AccountId id, String cookie, boolean anyUser) {
        return locked(() -> refusal(id, cookie, anyUser).orElseGet(() -> {
            Kept known = accountSet.find(id).orElseThrow();
            Credential credential = Credential.parse(cookie).orElseThrow();
            return change(accountSet.withReplaced(known, credential, cookie))
                    ? Replacement.REPLACED
                    : Replacement.NOT_STORED;
        }));
    }

    /** Takes an account away; one of {@code .env} comes back when its cookie there changes. */
    public Removal remove(AccountId id) {
        return locked(() -> {
            if (!catchUp()) {
                return Removal.NOT_STORED;
            }
            return accountSet
                    .find(id)
                    .map(known -> change(accountSet.without(known)) ? Removal.REMOVED : Removal.NOT_STORED)
                    .orElse(Removal.UNKNOWN);
        });
    }

    /** First makes the change safe, then puts it in force; returns whether it could be made safe. */
    private boolean change(AccountSet next) {
        try {
            store.replaceAll(next);
        } catch (NotStoredException broken) {
            LOG.error("[ACCOUNT] nothing was changed: {}", broken.getMessage());
            return false;
        }
        accountSet = next;
        ring.replace(accounts(), retiredUsers(next), Map.of());
        return true;
    }

    /**
     * Takes in cookies that the upstream set in answer to a request. The new session is in force at once; where its
     * tokens are others, it is also on disk when this returns, unless the disk fails. A reply to a request of an
     * older session changes nothing: the session may have been renewed since, or the owner may have copied another
     * cookie.
     *
     * @param sender the account with the session that the request was sent with
     */
    public void renew(Account sender, Map<String, String> cookies) {
        lock.lock();
        try {
            accountSet
                    .findSender(sender)
                    .filter(known -> known.account().credential().isSameSession(sender.credential()))
                    .ifPresent(known -> {
                        Credential before = known.account().credential();
                        Credential after = before.with(cookies);
                        if (!after.equals(before)) {
                            keep(before, put(known, after));
                        }
                    });
        } finally {
            lock.unlock();
        }
    }

    private void keep(Credential before, Kept renewed) {
        Credential after = renewed.account().credential();
        if (after.isSameSession(before)) {
            store.renewedSoon(renewed);
        } else {
            store.renewed(renewed);
        }
    }

    /** Notes that the upstream refused to renew a session with the refresh token that {@code sender} has. */
    public void renewalRefused(Account sender) {
        lock.lock();
        try {
            accountSet
                    .findSender(sender)
                    .filter(known -> known.account()
                            .credential()
                            .refreshToken()
                            .equals(sender.credential().refreshToken()))
                    .ifPresent(known -> put(known, known.account().credential().withoutRenewal()));
        } finally {
            lock.unlock();
        }
    }

    private Kept put(Kept known, Credential credential) {
        var renewed = new Kept(known.account().with(credential), known.origin());
        accountSet = accountSet.with(renewed);
        ring.renew(renewed.account().id(), old -> credential);
        return renewed;
    }
}
