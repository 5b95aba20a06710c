package dev.qwen2api.account.cli;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.cli.CliStore.StoredLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The accounts on the CLI channel: who has a credential, in strict round robin among those below the limit of the day. A day is
 * one of the clock's zone, from midnight to midnight. Thread-safe; the store is never waited for under the lock.
 */
public final class CliAccounts {

    private final Supplier<List<Account>> owned;
    private final CliStore store;
    private final Clock clock;
    private final Map<AccountId, CliEntry> entries = new TreeMap<>();
    private int dailyLimit;
    private int lastServed;

    /**
     * @param owned the owner's accounts, as they are now
     * @param clock its zone decides when a day ends
     * @param dailyLimit requests per account and day
     */
    public CliAccounts(Supplier<List<Account>> owned, CliStore store, Clock clock, int dailyLimit) {
        this.owned = owned;
        this.store = store;
        this.clock = clock;
        this.dailyLimit = dailyLimit;
    }

    /** Brings back what was kept of the accounts that there still are. Called once, when those are known. */
    public void start() {
        List<CliStore.Kept> kept = store.load();
        synchronized (this) {
            kept.forEach(each -> entries.putIfAbsent(each.account(), new CliEntry(each, clock.instant())));
        }
        accounts();
    }

    /** Puts another limit in force. */
    public synchronized void apply(int requestsPerDay) {
        dailyLimit = requestsPerDay;
    }

    /** The accounts in order; what is known of a user goes along to another number, and is forgotten with the last account. */
    private List<Account> accounts() {
        List<Account> all = owned.get();
        Map<AccountId, String> users = new TreeMap<>();
        all.forEach(account -> users.put(account.id(), user(account)));
        Set<AccountId> changed = new HashSet<>();
        synchronized (this) {
            List<CliEntry> astray = new ArrayList<>();
            entries.forEach((id, entry) -> {
                if (!entry.user().equals(users.get(id))) {
                    changed.add(id);
                    astray.add(entry);
                }
            });
            changed.forEach(entries::remove);
            astray.forEach(entry -> home(entry, users).ifPresent(id -> {
                changed.add(id);
                entries.put(id, entry.at(id));
            }));
        }
        changed.forEach(id -> store.saveSoon(id, () -> kept(id)));
        return all;
    }

    /** The number under which nothing is known yet of the user. Called with the lock. */
    private Optional<AccountId> home(CliEntry entry, Map<AccountId, String> users) {
        return users.entrySet().stream()
                .filter(each -> each.getValue().equals(entry.user()))
                .map(Map.Entry::getKey)
                .filter(id -> !entries.containsKey(id))
                .findFirst();
    }

    /** A token that does not name its user stands for itself. */
    private static String user(Account account) {
        return account.credential()
                .userId()
                .orElseGet(() -> "#" + account.credential().token().hashCode());
    }

    private synchronized Optional<CliStore.Kept> kept(AccountId id) {
        return Optional.ofNullable(entries.get(id)).map(CliEntry::kept);
    }

    /**
     * Counts one request of the next account that can serve and is none of {@code tried}; empty when there is none. Whoever
     * takes it says what came of it.
     */
    public Optional<CliLease> take(Set<AccountId> tried) {
        List<AccountId> inTurn = inTurn(accounts());
        Optional<CliLease> taken;
        synchronized (this) {
            taken = inTurn.stream()
                    .filter(id -> !tried.contains(id) && serves(id))
                    .findFirst()
                    .flatMap(this::lease);
        }
        taken.ifPresent(lease -> store.saveSoon(lease.account(), () -> kept(lease.account())));
        return taken;
    }

    private synchronized List<AccountId> inTurn(List<Account> all) {
        Comparator<AccountId> order = Comparator.comparing((AccountId id) -> id.num() <= lastServed);
        return all.stream()
                .map(Account::id)
                .sorted(order.thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private synchronized boolean serves(AccountId id) {
        CliEntry entry = entries.get(id);
        return entry != null
                && entry.credential().isPresent()
                && entry.requests(today()) < dailyLimit
                && entry.benchAt(clock.instant()).isEmpty();
    }

    private synchronized Optional<CliLease> lease(AccountId id) {
        CliEntry entry = entries.get(id);
        if (entry == null) {
            return Optional.empty();
        }
        entry.count(today());
        lastServed = id.num();
        return entry.credential().map(credential -> new CliLease(id, credential, today()));
    }

    /** The service accepted the request. */
    public void accepted(CliLease lease) {
        change(lease.account(), CliEntry::prove);
    }

    /** The service refused the request, or it never got there: it does not count. */
    public void notAccepted(CliLease lease) {
        change(lease.account(), entry -> entry.uncount(lease.day()));
    }

    /** The account's quota is used up until the day ends, or for as long as the service said. */
    public void limited(AccountId id, Optional<Duration> wait, String reason) {
        Instant until = wait.map(clock.instant()::plus).orElseGet(this::nextMidnight);
        change(id, entry -> entry.bench(new StoredLimit(CliState.LIMITED, reason, until), clock.instant()));
    }

    /** The service will not serve this account: its credential is dropped, and another one asked for tomorrow. */
    public void refused(AccountId id, String reason) {
        change(id, entry -> {
            entry.strip();
            entry.bench(new StoredLimit(CliState.UNSUPPORTED, reason, nextMidnight()), clock.instant());
        });
    }

    /** The credential cannot be renewed. One that has worked is replaced at once; one that never did is not asked for again today. */
    public void died(AccountId id, String reason) {
        if (provenNow(id)) {
            change(id, CliEntry::strip);
        } else {
            refused(id, reason);
        }
    }

    private synchronized boolean provenNow(AccountId id) {
        CliEntry entry = entries.get(id);
        return entry != null && entry.isProven();
    }

    /** No credential could be had for a reason that may pass. */
    public void postponed(AccountId id, Duration wait, String reason) {
        Instant until = clock.instant().plus(wait);
        change(id, entry -> entry.bench(new StoredLimit(CliState.NONE, reason, until), clock.instant()));
    }

    private void change(AccountId id, Consumer<CliEntry> change) {
        synchronized (this) {
            CliEntry entry = entries.get(id);
            if (entry == null) {
                return;
            }
            change.accept(entry);
        }
        store.saveSoon(id, () -> kept(id));
    }

    /**
     * Takes in a credential. It is safe on disk when this returns, unless the disk fails.
     *
     * @param account as it was when the credential was asked for; if its user has no account now, nothing happens
     */
    public void granted(Account account, CliCredential credential) {
        present(account).ifPresent(now -> {
            synchronized (this) {
                entry(now).grant(credential);
            }
            store.save(now.id(), () -> kept(now.id()));
        });
    }

    private Optional<Account> present(Account account) {
        List<Account> users = accounts().stream()
                .filter(now -> user(now).equals(user(account)))
                .toList();
        return users.stream()
                .filter(now -> now.id().equals(account.id()))
                .findFirst()
                .or(() -> users.stream().findFirst());
    }

    private synchronized CliEntry entry(Account account) {
        return entries.computeIfAbsent(account.id(), id -> new CliEntry(id, user(account), today()));
    }

    /** The accounts without a credential for which one may be asked now. */
    public List<Account> wanting() {
        Instant now = clock.instant();
        List<Account> all = accounts();
        synchronized (this) {
            return all.stream()
                    .filter(account -> !account.credential().expiredAt(now))
                    .filter(account -> entry(account).credential().isEmpty()
                            && entry(account).benchAt(now).isEmpty())
                    .toList();
        }
    }

    /** The credential of an account, as it is now. */
    public Optional<CliCredential> credential(AccountId id) {
        accounts();
        synchronized (this) {
            return Optional.ofNullable(entries.get(id)).flatMap(CliEntry::credential);
        }
    }

    /** The account as the owner has it now. */
    public Optional<Account> account(AccountId id) {
        return owned.get().stream().filter(each -> each.id().equals(id)).findFirst();
    }

    /** How an account is doing. */
    public CliStatus status(AccountId id) {
        accounts();
        synchronized (this) {
            CliEntry entry = entries.get(id);
            return entry == null ? CliStatus.UNKNOWN : status(entry);
        }
    }

    private synchronized CliStatus status(CliEntry entry) {
        int requests = entry.requests(today());
        Optional<StoredLimit> bench = entry.benchAt(clock.instant());
        boolean spent = requests >= dailyLimit && entry.credential().isPresent();
        if (spent && bench.isEmpty()) {
            return new CliStatus(
                    CliState.LIMITED,
                    Optional.of("Its " + dailyLimit + " requests of today are used up."),
                    Optional.of(nextMidnight()),
                    requests,
                    0);
        }
        CliState state = bench.map(StoredLimit::state)
                .filter(each -> each != CliState.NONE)
                .orElse(entry.credential().isPresent() ? CliState.READY : CliState.NONE);
        Optional<String> reason = bench.map(StoredLimit::reason)
                .or(() -> Optional.of(CliStatus.NOT_ASKED).filter(never -> state == CliState.NONE));
        int left = state == CliState.READY ? Math.max(0, dailyLimit - requests) : 0;
        return new CliStatus(state, reason, bench.map(StoredLimit::until), requests, left);
    }

    /** When an account that has a credential serves again; empty when none does by itself. */
    public Optional<Instant> nextReturn() {
        return accounts().stream()
                .map(account -> status(account.id()))
                .filter(CliStatus::hasCredential)
                .flatMap(status -> Stream.of(status.retryAt()).flatMap(Optional::stream))
                .min(Comparator.naturalOrder());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), clock.getZone());
    }

    private Instant nextMidnight() {
        return today().plusDays(1).atStartOfDay(clock.getZone()).toInstant();
    }
}
