package dev.qwen2api.account;

import dev.qwen2api.failure.RequestKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The accounts of the ring in their order, and their health in the store. Guarded by the ring's lock. */
final class PooledAccounts {

    private static final Logger LOG = LoggerFactory.getLogger(PooledAccounts.class);

    private final HealthStore store;
    private final String channel;
    private List<PooledAccount> all = List.of();
    /** What became of accounts whose users may come back, and what was stored of such users. */
    private List<PooledAccount> away = List.of();

    private final Map<String, AccountHealth> storedOfAway = new HashMap<>();
    private Set<String> awayUsers = Set.of();

    PooledAccounts(HealthStore store) {
        this.store = store;
        this.channel = store.channel().isEmpty() ? "" : " on the " + store.channel() + " channel";
    }

    List<PooledAccount> all() {
        return all;
    }

    Optional<PooledAccount> find(AccountId id) {
        return all.stream().filter(each -> each.account().id().equals(id)).findFirst();
    }

    /** The account of a user, if possible the one of that number; the one of that number where the user is unknown. */
    Optional<PooledAccount> find(AccountId id, Optional<String> user) {
        return find(id).filter(each -> user.isEmpty() || each.isOf(user))
                .or(() -> all.stream().filter(each -> each.isOf(user)).findFirst());
    }

    boolean noneIsIn(Collection<RequestKind> needs, Instant now) {
        return all.stream().noneMatch(each -> each.isIn(needs, now, false));
    }

    /** Why none can be leased to a request. */
    NoAccountException noAccount(LeaseRequest request, boolean alone, Optional<Instant> breakerUntil, Instant now) {
        return NoAccountException.of(
                all.stream()
                        .map(each -> each.status(request.needs(), now, alone))
                        .toList(),
                all.stream()
                        .flatMap(each -> each.health().running(request.needs(), now, alone).stream())
                        .map(Cooldown::cause)
                        .toList(),
                request.excluded(),
                breakerUntil,
                now);
    }

    /**
     * Puts these accounts, in this order, in place of the present ones. A user who stays keeps health and load under
     * any number; accounts that were not used yet take up the stored health of their users. {@code mayReturn} are users
     * who keep theirs although they have no account.
     */
    void replace(List<Account> accounts, Set<String> mayReturn, Map<String, AccountHealth> stored, Instant now) {
        var left = new ArrayList<>(all);
        left.addAll(away);
        Map<AccountId, PooledAccount> known = new HashMap<>();
        accounts.forEach(account ->
                claim(account, left, known, each -> each.account().id().equals(account.id())));
        accounts.forEach(account -> claim(account, left, known, each -> true));
        all = accounts.stream()
                .map(account -> known.getOrDefault(account.id(), new PooledAccount(account)))
                .toList();
        storedOfAway.putAll(stored);
        all.forEach(each -> resume(each, storedOfAway, now));
        keepAway(left, mayReturn);
    }

    private void keepAway(List<PooledAccount> left, Set<String> mayReturn) {
        awayUsers = Set.copyOf(mayReturn);
        away = left.stream()
                .filter(each -> each.user().filter(awayUsers::contains).isPresent() && !isPresent(each.user()))
                .toList();
        storedOfAway.keySet().retainAll(awayUsers);
        Stream.concat(all.stream(), away.stream()).forEach(each -> each.user().ifPresent(storedOfAway::remove));
        left.removeAll(away);
        left.forEach(this::forgetIfGone);
    }

    Set<String> awayUsers() {
        return awayUsers;
    }

    /** Finds the place that the user of an account has already, where no account has claimed it. */
    private void claim(
            Account account,
            List<PooledAccount> left,
            Map<AccountId, PooledAccount> known,
            Predicate<PooledAccount> eligible) {
        if (!known.containsKey(account.id())) {
            left.stream()
                    .filter(eligible)
                    .filter(each -> each.isOf(account))
                    .findFirst()
                    .ifPresent(each -> {
                        left.remove(each);
                        change(each, () -> each.replace(account));
                        known.put(account.id(), each);
                    });
        }
    }

    /** Takes up stored health; an end that is not believed is corrected in the store too. */
    private void resume(PooledAccount account, Map<String, AccountHealth> stored, Instant now) {
        account.account()
                .credential()
                .userId()
                .filter(user -> account.isUntried())
                .ifPresent(user -> {
                    AccountHealth kept = stored.get(user);
                    if (kept != null) {
                        account.resume(kept.resumed(now));
                        if (!account.health().equals(kept)) {
                            store.save(user, account.health());
                        }
                    }
                });
    }

    /** Deletes the stored health of a user who has no account any more and does not return. */
    private void forgetIfGone(PooledAccount gone) {
        Optional<String> user = gone.account().credential().userId();
        if (!isPresent(user)) {
            user.ifPresent(store::forget);
        }
    }

    private boolean isPresent(Optional<String> user) {
        return all.stream().anyMatch(each -> each.isOf(user));
    }

    /** Makes a change, and saves and logs the health where it is another one and the account counts or may return. */
    void change(PooledAccount account, Runnable change) {
        AccountHealth before = account.health();
        change.run();
        AccountHealth after = account.health();
        if (after.equals(before)) {
            return;
        }
        if (all.contains(account)) {
            logChange(account.account().id(), before, after);
        }
        if (all.contains(account) || away.contains(account)) {
            account.account().credential().userId().ifPresent(user -> store.save(user, after));
        }
    }

    /** Logs one line when an account goes out of the ring, and one when it is back. */
    private void logChange(AccountId account, AccountHealth before, AccountHealth after) {
        logChange(account, "all requests", before.session(), after.session());
        for (RequestKind kind : RequestKind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT) + " requests";
            logChange(account, name, before.of(kind), after.of(kind));
        }
    }

    private void logChange(AccountId account, String requests, HealthState before, HealthState after) {
        if (after.cooldown().isPresent() && !after.cooldown().equals(before.cooldown())) {
            Cooldown now = after.cooldown().get();
            boolean known = before.cooldown()
                    .filter(old -> old.state() == now.state() && !old.isOver(now.begun()))
                    .isPresent();
            if (!known) {
                LOG.warn(
                        "[ACCOUNT] {} is out for {}{} until {}: {} ({})",
                        account,
                        requests,
                        channel,
                        now.until(),
                        now.reason(),
                        now.state().wire());
            }
        } else if (before.cooldown().isPresent() && after.cooldown().isEmpty()) {
            LOG.info("[ACCOUNT] {} is back for {}{}", account, requests, channel);
        }
    }
}
