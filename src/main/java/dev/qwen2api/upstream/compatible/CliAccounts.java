package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.Admission;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.Credential;
import dev.qwen2api.account.HealthStore;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.upstream.compatible.CliStore.StoredCli;
import dev.qwen2api.upstream.compatible.CliStore.StoredPause;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The owner's accounts on the CLI channel: their ring, their OAuth credentials, and how many requests each has made
 * today. A day is one of the clock's zone. Thread-safe; the ring is never called under this object's lock.
 */
public final class CliAccounts {

    static final RingLimits UNLIMITED = new RingLimits(0, Duration.ZERO);

    private final CliStore store;
    private final HealthStore health;
    private final Clock clock;
    private final AccountRing ring;
    /** Held while the accounts of the ring change. */
    private final Object changes = new Object();

    private final Map<String, CliUser> users = new TreeMap<>();
    private final Set<String> pending = new HashSet<>();
    private CliOwners owners = CliOwners.NONE;
    private int dailyLimit;
    private boolean waits;

    /** @param health of these accounts alone */
    public CliAccounts(CliStore store, HealthStore health, CooldownPolicy policy, Clock clock, LongSupplier nanoTime) {
        this.store = store;
        this.health = health;
        this.clock = clock;
        this.ring = new AccountRing(clock, nanoTime, policy, UNLIMITED, health, this::admission);
    }

    /** Restores what was kept, read before any lock, of the accounts that there are. Called once they are known. */
    public void start() {
        List<StoredCli> kept = store.load();
        var known = health.load();
        synchronized (changes) {
            synchronized (this) {
                kept.forEach(each -> users.putIfAbsent(each.user(), CliUser.restored(each, clock.instant())));
            }
            forgetOthers();
            ring.replace(owners().bearers(this::bearer), owners().mayReturn(), known);
        }
    }

    /**
     * Applies other rules from now on.
     *
     * @param wait whether requests wait for credentials that are being obtained
     */
    void apply(CooldownPolicy policy, int requestsPerDay, boolean wait) {
        synchronized (this) {
            dailyLimit = requestsPerDay;
            waits = wait;
        }
        ring.apply(policy, UNLIMITED);
        ring.admissionChanged();
    }

    AccountRing ring() {
        return ring;
    }

    /**
     * Takes over the owner's accounts. What is known of a user goes along to another number, and is forgotten with the
     * last account, unless the user may come back.
     *
     * @param mayReturn users without an account whose cookies may come back
     */
    public void follow(List<Account> accounts, Set<String> mayReturn) {
        var next = new CliOwners(accounts, mayReturn);
        synchronized (changes) {
            boolean same = next.isLike(owners());
            synchronized (this) {
                owners = next;
            }
            if (!same) {
                forgetOthers();
                ring.replace(next.bearers(this::bearer), next.mayReturn(), Map.of());
            }
        }
    }

    private synchronized CliOwners owners() {
        return owners;
    }

    private void forgetOthers() {
        Set<String> gone;
        synchronized (this) {
            gone = new HashSet<>(users.keySet());
            gone.removeIf(owners::has);
            users.keySet().removeAll(gone);
        }
        gone.forEach(user -> {
            store.saveSoon(user, () -> kept(user));
            health.forget(user);
        });
    }

    private Credential bearer(String user) {
        return Credential.bearer(
                credential(user).map(CliCredential::accessToken).orElse(""), Optional.of(user));
    }

    private synchronized Admission.Decision admission(Account account) {
        String user = CliUser.key(account);
        CliUser known = known(user);
        if (known.credential().isEmpty()) {
            return waits && pending.contains(user) ? Admission.Decision.PENDING : Admission.Decision.REFUSED;
        }
        return known.requests(today()) < dailyLimit ? Admission.Decision.ADMITTED : Admission.Decision.REFUSED;
    }

    /** Counts one request of a user; returns its day, or empty when the limit of the day is reached. */
    Optional<LocalDate> count(String user) {
        LocalDate today = today();
        synchronized (this) {
            if (known(user).requests(today) >= dailyLimit) {
                return Optional.empty();
            }
            put(user, known -> known.counted(today));
        }
        store.saveSoon(user, () -> kept(user));
        return Optional.of(today);
    }

    /** Takes back a request that the service did not accept. */
    void uncount(String user, LocalDate day) {
        change(user, known -> known.uncounted(day));
        ring.admissionChanged();
    }

    void accepted(String user) {
        change(user, CliUser::accepted);
    }

    /** The service refuses this user: the credential is dropped, and no other is obtained before tomorrow. */
    void refused(String user, String reason) {
        change(user, CliUser::withoutCredential);
        pause(user, new StoredPause(true, reason, midnight()));
    }

    /**
     * The credential cannot be renewed. One that has worked may be replaced at once; one that never did is a refusal.
     */
    void died(String user, String reason) {
        if (known(user).proven()) {
            change(user, CliUser::withoutCredential);
        } else {
            refused(user, reason);
        }
    }

    /** No credential could be obtained for a reason that may pass. */
    void postponed(String user, Duration wait, String reason) {
        pause(user, new StoredPause(false, reason, clock.instant().plus(wait)));
    }

    private void pause(String user, StoredPause pause) {
        change(user, known -> known.paused(pause, clock.instant()));
        ring.admissionChanged();
    }

    private void change(String user, UnaryOperator<CliUser> change) {
        put(user, change);
        store.saveSoon(user, () -> kept(user));
    }

    /** Changes what is known of a user, unless the user has no account any more and does not return. */
    private synchronized void put(String user, UnaryOperator<CliUser> change) {
        if (owners.has(user)) {
            users.put(user, change.apply(known(user)));
        }
    }

    private synchronized CliUser known(String user) {
        return users.getOrDefault(user, CliUser.of(user, today()));
    }

    private synchronized Optional<StoredCli> kept(String user) {
        return Optional.ofNullable(users.get(user)).map(CliUser::kept);
    }

    /**
     * Takes in a credential, unless its user has no account any more. When this returns it is on disk, unless the disk
     * fails.
     */
    void granted(String user, CliCredential credential) {
        put(user, known -> known.granted(credential));
        store.save(user, () -> kept(user));
        owners().accounts().stream()
                .filter(each -> CliUser.key(each).equals(user))
                .forEach(each -> ring.renew(each.id(), old -> bearer(user)));
        ring.admissionChanged();
    }

    /** Marks a user whose credential is being obtained. */
    void obtaining(String user, boolean underWay) {
        synchronized (this) {
            if (underWay) {
                pending.add(user);
            } else {
                pending.remove(user);
            }
        }
        ring.admissionChanged();
    }

    /** The accounts for which a credential is to be obtained now, one a user. */
    synchronized List<Account> wanting() {
        var byUser = new TreeMap<String, Account>();
        owners.accounts().stream()
                .filter(account -> wants(CliUser.key(account)))
                .forEach(each -> byUser.putIfAbsent(CliUser.key(each), each));
        return byUser.values().stream()
                .sorted(Comparator.comparing(Account::id))
                .toList();
    }

    /** Whether a credential is to be obtained for a user now. */
    synchronized boolean wants(String user) {
        Instant now = clock.instant();
        CliUser known = known(user);
        boolean alive =
                account(user).filter(each -> !each.credential().expiredAt(now)).isPresent();
        return alive && known.credential().isEmpty() && known.pauseAt(now).isEmpty();
    }

    synchronized Optional<CliCredential> credential(String user) {
        return Optional.ofNullable(users.get(user)).flatMap(CliUser::credential);
    }

    /** A user's account as the owner has it now. */
    synchronized Optional<Account> account(String user) {
        return owners.account(user);
    }

    /** How an account is doing on this channel. */
    public CliStatus status(AccountId id) {
        return ring.statuses().stream()
                .filter(each -> each.account().id().equals(id))
                .findFirst()
                .map(this::status)
                .orElse(CliStatus.UNKNOWN);
    }

    private synchronized CliStatus status(AccountStatus inRing) {
        return known(CliUser.key(inRing.account())).status(inRing, dailyLimit, clock);
    }

    /** When an account that has a credential can serve again; empty where that is not known. */
    Optional<Instant> nextReturn() {
        return ring.statuses().stream()
                .map(this::status)
                .filter(CliStatus::hasCredential)
                .flatMap(status -> status.retryAt().stream())
                .min(Comparator.naturalOrder());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), clock.getZone());
    }

    private Instant midnight() {
        return clock.instant().plus(CompatibleErrorParser.untilMidnight(clock));
    }
}
