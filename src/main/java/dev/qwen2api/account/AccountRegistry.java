package dev.qwen2api.account;

import dev.qwen2api.account.Account.Source;
import dev.qwen2api.account.AccountStore.Kept;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.AccountStore.NotStoredException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which accounts there are: those of {@code .env}, those added by API, and what was kept of both. Every change is
 * safe on disk before it is in force. As long as what was kept cannot be read, the accounts of {@code .env} serve alone, and
 * nothing is changed or written, since that would forget the others. Thread-safe; changes wait for each other.
 */
public final class AccountRegistry {

    private static final Logger LOG = LoggerFactory.getLogger(AccountRegistry.class);

    private final AccountRing ring;
    private final AccountStore store;
    private final Clock clock;
    private final Map<AccountId, Kept> kept = new TreeMap<>();
    private List<String> cookies = List.of();
    private Supplier<Map<String, HealthStore.Snapshot>> keptHealth = Map::of;
    private boolean known;

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
     * Puts the cookies of {@code .env} in force, together with what was kept. Called once, first.
     *
     * @param fromEnv the n-th is the cookie text of account n
     * @return the numbers of those that have no usable token, and so are no accounts
     */
    public synchronized List<Integer> start(List<String> fromEnv, HealthStore health) {
        cookies = List.copyOf(fromEnv);
        keptHealth = health::load;
        if (!catchUp()) {
            settle(Map.of(), Map.of());
        }
        return unusable();
    }

    /**
     * Reads what was kept, where that failed so far, and puts it in force.
     *
     * @return whether it is known now
     */
    public synchronized boolean catchUp() {
        if (known) {
            return true;
        }
        try {
            Map<AccountId, Kept> before = new TreeMap<>();
            store.load().forEach(each -> before.put(each.account().id(), each));
            List<Kept> serving = List.copyOf(kept.values());
            kept.clear();
            kept.putAll(before);
            serving.forEach(this::keepRenewed);
            known = true;
            settle(before, keptHealth.get());
            return true;
        } catch (NotReadException unread) {
            LOG.warn(
                    "[ACCOUNT] what was kept of accounts is not known; those of .env serve alone: {}",
                    unread.getMessage());
            return false;
        }
    }

    /** A session that was renewed while nothing could be read came after the one that was kept of the same cookie. */
    private void keepRenewed(Kept serving) {
        Credential now = serving.account().credential();
        boolean renewed = cookies.stream()
                .filter(cookie -> fingerprint(cookie).equals(serving.origin()))
                .flatMap(cookie -> Credential.parse(cookie).stream())
                .noneMatch(written -> written.token().equals(now.token()));
        if (renewed) {
            kept.replaceAll((id, each) -> each.origin().equals(serving.origin())
                    ? new Kept(each.account().with(now), each.origin(), each.removed())
                    : each);
        }
    }

    /** Puts the accounts of the cookies in force, with those that are kept, and keeps what is new. */
    private void settle(Map<AccountId, Kept> before, Map<String, HealthStore.Snapshot> health) {
        merge();
        if (known && !before.equals(kept)) {
            try {
                store.replaceAll(List.copyOf(kept.values()));
            } catch (NotStoredException broken) {
                LOG.warn("[ACCOUNT] the accounts of .env serve, but are not kept: {}", broken.getMessage());
            }
        }
        ring.replace(accounts(), health);
    }

    /** Result of a changed {@code QWEN_COOKIES}. */
    public record Reload(List<Integer> unusable, int fromEnv, int stayed) {}

    /** Puts a changed list of cookies in force; accounts added by API stay unless their number is claimed now. */
    public synchronized Reload reload(List<String> fromEnv) {
        cookies = List.copyOf(fromEnv);
        if (known || !catchUp()) {
            settle(new TreeMap<>(kept), Map.of());
        }
        int stayed = (int)
                accounts().stream().filter(each -> each.source() == Source.API).count();
        return new Reload(unusable(), accounts().size() - stayed, stayed);
    }

    private List<Integer> unusable() {
        return IntStream.range(0, cookies.size())
                .filter(i -> Credential.parse(cookies.get(i)).isEmpty())
                .mapToObj(i -> i + 1)
                .toList();
    }

    /** Makes {@code kept} what the cookies of {@code .env} and the accounts added by API say together. */
    private void merge() {
        var fromEnv = new TreeMap<AccountId, Kept>();
        for (int i = 0; i < cookies.size(); i++) {
            AccountId id = new AccountId(i + 1);
            claim(id, cookies.get(i)).ifPresent(each -> fromEnv.put(id, each));
        }
        kept.values().removeIf(each -> each.account().source() == Source.ENV);
        kept.putAll(fromEnv);
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
        if (!catchUp()) {
            return Addition.NOT_STORED;
        }
        if (there(id).isPresent()) {
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
        if (!catchUp()) {
            return Removal.NOT_STORED;
        }
        Optional<Kept> known = there(id);
        if (known.isEmpty()) {
            return Removal.UNKNOWN;
        }
        Kept removed = new Kept(known.get().account(), known.get().origin(), true);
        return change(next -> {
                    if (removed.account().source() == Source.ENV) {
                        next.put(id, removed);
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

    private Optional<Kept> there(AccountId id) {
        return Optional.ofNullable(kept.get(id)).filter(each -> !each.removed());
    }

    private Optional<Kept> known(Account asked) {
        return there(asked.id()).filter(known -> sameUser(known.account().credential(), asked.credential()));
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
