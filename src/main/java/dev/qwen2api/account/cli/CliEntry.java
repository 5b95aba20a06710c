package dev.qwen2api.account.cli;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.account.cli.CliStore.Kept;
import dev.qwen2api.account.cli.CliStore.StoredLimit;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One account on the CLI channel. Guarded by the lock of {@link CliAccounts}. */
final class CliEntry {

    private final AccountId account;
    private final String user;
    private @Nullable CliCredential credential;
    private @Nullable StoredLimit storedLimit;
    private Instant benchBegun = Instant.EPOCH;
    private LocalDate day;
    private int requests;
    private boolean proven;

    CliEntry(AccountId account, String user, LocalDate today) {
        this.account = account;
        this.user = user;
        this.day = today;
    }

    /** What was kept; a credential that survived a restart is believed to work. */
    CliEntry(Kept kept, Instant now) {
        this(kept.account(), kept.user(), kept.day());
        benchBegun = now;
        credential = kept.credential().orElse(null);
        storedLimit = kept.bench().orElse(null);
        requests = kept.requests();
        proven = credential != null;
    }

    /** The same under another number. */
    CliEntry at(AccountId number) {
        var moved = new CliEntry(number, user, day);
        moved.credential = credential;
        moved.storedLimit = storedLimit;
        moved.benchBegun = benchBegun;
        moved.requests = requests;
        moved.proven = proven;
        return moved;
    }

    Kept kept() {
        return new Kept(account, user, credential(), Optional.ofNullable(storedLimit), day, requests);
    }

    String user() {
        return user;
    }

    Optional<CliCredential> credential() {
        return Optional.ofNullable(credential);
    }

    /** A new credential ends whatever was held against the account for having none. */
    void grant(CliCredential granted) {
        credential = granted;
        if (storedLimit != null && storedLimit.state() != CliState.LIMITED) {
            storedLimit = null;
        }
    }

    /** The credential is dead. */
    void strip() {
        credential = null;
        proven = false;
    }

    void bench(StoredLimit why, Instant now) {
        storedLimit = why;
        benchBegun = now;
    }

    /** The service took the credential. */
    void prove() {
        proven = true;
        storedLimit = null;
    }

    boolean isProven() {
        return proven;
    }

    Optional<StoredLimit> benchAt(Instant now) {
        return Optional.ofNullable(storedLimit).filter(why -> !Cooldown.isOver(benchBegun, why.until(), now));
    }

    /** Requests of that day. */
    int requests(LocalDate today) {
        return today.equals(day) ? requests : 0;
    }

    void count(LocalDate today) {
        requests = requests(today) + 1;
        day = today;
    }

    /** Takes a request back, unless its day is over. */
    void uncount(LocalDate counted) {
        if (counted.equals(day) && requests > 0) {
            requests--;
        }
    }
}
