package dev.qwen2api.account;

import dev.qwen2api.account.Account.Source;
import dev.qwen2api.account.AccountStore.Kept;
import dev.qwen2api.account.AccountStore.NotStoredException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which accounts there are: those of {@code .env}, those added by API, and what was kept of both. Every change is
 * safe on disk before it is in force. Thread-safe; changes wait for each other.
 */
public final class AccountRegistry {

    private static final Logger LOG = LoggerFactory.getLogger(AccountRegistry.class);

    private final AccountRing ring;
    private final AccountStore store;
    private final Clock clock;
    private final Map<AccountId, Kept> kept = new TreeMap<>();

    /** What came of adding an account. */
    public enum Addition {
        ADDED,
        /** The number is taken. */
        TAKEN,
        /** The cookie has no token that could be used. */
        UNUSABLE,
        /** Its token has ended. */
        EXPIRED,
        /** It could not be made safe on disk. */
        NOT_STORED
    }

    /** What came of removing an account. */
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
     * Brings back what was kept, then puts the cookies of {@code .env} in force. Called once, first.
     *
     * @param cookies the n-th is the cookie text of account n
     * @return the numbers of those that have no usable token, and so are no accounts
     */
    public synchronized List<Integer> start(List<String> cookies, HealthStore health) {
        store.load().forEach(each -> kept.put(each.account().id(), each));
        Map<AccountId, Kept> before = new TreeMap<>(kept);
        List<Integer> unusable = merge(cookies);
        ring.replace(accounts(), healthOfTheSame(before, health.load()));
        if (!before.equals(kept)) {
            try {
                store.replaceAll(List.copyOf(kept.values()));
            } catch (NotStoredException broken) {
                LOG.warn("[ACCOUNT] the accounts of .env serve, but are not kept: {}", broken.getMessage());
            }
        }
        return unusable;
    }

    private Map<AccountId, HealthStore.Snapshot> healthOfTheSame(
            Map<AccountId, Kept> before, Map<AccountId, HealthStore.Snapshot> health) {
        var same = new TreeMap<AccountId, HealthStore.Snapshot>(health);
        same.keySet().removeIf(id -> {
            Kept old = before.get(id);
            Kept now = kept.get(id);
            return old == null
                    || now == null
                    || !user(old).equals(user(now))
                    || user(now).isEmpty();
        });
        return same;
    }

    private static Optional<String> user(Kept account) {
        return account.account().credential().userId();
    }

    /** Result of a changed {@code QWEN_COOKIES}. */
    public record Reload(List<Integer> unusable, int fromEnv, int stayed, boolean stored) {}

    /** Puts a changed list of cookies in force; accounts added by API stay unless their number is claimed now. */
    public synchronized Reload reload(List<String> cookies) {
        Map<AccountId, Kept> before = new TreeMap<>(kept);
        List<Integer> unusable = merge(cookies);
        boolean stored = true;
        try {
            if (!before.equals(kept)) {
                store.replaceAll(List.copyOf(kept.values()));
            }
        } catch (NotStoredException broken) {
            stored = false;
            LOG.warn("[ACCOUNT] the new accounts serve, but are not kept: {}", broken.getMessage());
        }
        ring.replace(accounts());
        int stayed = (int)
                accounts().stream().filter(each -> each.source() == Source.API).count();
        return new Reload(unusable, accounts().size() - stayed, stayed, stored);
    }

    /** Makes {@code kept} what the cookies of {@code .env} and the accounts added by API say together. */
    private List<Integer> merge(List<String> cookies) {
        var unusable = new ArrayList<Integer>();
        var fromEnv = new TreeMap<AccountId, Kept>();
        for (int i = 0; i < cookies.size(); i++) {
            AccountId id = new AccountId(i + 1);
            Optional<Kept> claimed = claim(id, cookies.get(i));
            claimed.ifPresentOrElse(each -> fromEnv.put(id, each), () -> unusable.add(id.num()));
        }
        kept.values().removeIf(each -> each.account().source() == Source.ENV);
        kept.putAll(fromEnv);
        return unusable;
    }

    /** An account whose cookie is unchanged keeps the session that it was renewed to since, and stays removed if it was. */
    private Optional<Kept> claim(AccountId id, String cookie) {
        String origin = fingerprint(cookie);
        Kept known = kept.get(id);
        if (known != null
                && known.account().source() == Source.ENV
                && known.origin().equals(origin)) {
            return Optional.of(known);
        }
        return Credential.parse(cookie)
                .map(credential -> new Kept(new Account(id, Source.ENV, credential), origin, false));
    }

    private List<Account> accounts() {
        return kept.values().stream()
                .filter(each -> !each.removed())
                .map(Kept::account)
                .toList();
    }

    /** Adds an account beside those of {@code .env}. */
    public synchronized Addition add(AccountId id, String cookie) {
        Kept known = kept.get(id);
        if (known != null && !known.removed()) {
            return Addition.TAKEN;
        }
        Optional<Credential> credential = Credential.parse(cookie);
        if (credential.isEmpty()) {
            return Addition.UNUSABLE;
        }
        if (credential.get().isDeadAt(clock.instant())) {
            return Addition.EXPIRED;
        }
        var account = new Account(id, Source.API, credential.get());
        return change(next -> {
                    next.put(id, new Kept(account, fingerprint(cookie), false));
                    return next;
                })
                ? Addition.ADDED
                : Addition.NOT_STORED;
    }

    /** Takes an account away; one of {@code .env} comes back when its cookie there changes. */
    public synchronized Removal remove(AccountId id) {
        Kept known = kept.get(id);
        if (known == null || known.removed()) {
            return Removal.UNKNOWN;
        }
        boolean listed = known.account().source() == Source.ENV;
        return change(next -> {
                    if (listed) {
                        next.put(id, new Kept(known.account(), known.origin(), true));
                    } else {
                        next.remove(id);
                    }
                    return next;
                })
                ? Removal.REMOVED
                : Removal.NOT_STORED;
    }

    /** First makes the change safe, then puts it in force; returns whether it could be made safe. */
    private boolean change(UnaryOperator<Map<AccountId, Kept>> change) {
        Map<AccountId, Kept> next = change.apply(new TreeMap<>(kept));
        try {
            store.replaceAll(List.copyOf(next.values()));
        } catch (NotStoredException broken) {
            LOG.error("[ACCOUNT] nothing was changed: {}", broken.getMessage());
            return false;
        }
        kept.clear();
        kept.putAll(next);
        ring.replace(accounts());
        return true;
    }

    /**
     * Takes in cookies that the upstream set in answer to a request; the new session is in force at once and kept soon. A reply
     * that comes after the owner has put another user in the place of the account changes nothing.
     *
     * @param asked the account as the request was sent with
     */
    public synchronized void renew(Account asked, Map<String, String> cookies) {
        known(asked).ifPresent(known -> {
            Credential before = known.account().credential();
            Credential after = before.with(cookies);
            if (!after.equals(before)) {
                store.renewed(put(known, after));
            }
        });
    }

    /** Notes that the upstream refused to renew a session with the refresh token that {@code asked} has. */
    public synchronized void renewalRefused(Account asked) {
        known(asked)
                .filter(known -> known.account()
                        .credential()
                        .refreshToken()
                        .equals(asked.credential().refreshToken()))
                .ifPresent(known -> put(known, known.account().credential().withoutRenewal()));
    }

    private Account put(Kept known, Credential credential) {
        Account account = known.account().with(credential);
        kept.put(account.id(), new Kept(account, known.origin(), false));
        ring.renew(account.id(), old -> credential);
        return account;
    }

    private Optional<Kept> known(Account asked) {
        return Optional.ofNullable(kept.get(asked.id()))
                .filter(known -> !known.removed())
                .filter(known -> sameUser(known.account().credential(), asked.credential()));
    }

    private static boolean sameUser(Credential known, Credential asked) {
        return known.userId().isPresent()
                ? known.userId().equals(asked.userId())
                : known.token().equals(asked.token());
    }

    private static String fingerprint(String cookie) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(cookie.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
