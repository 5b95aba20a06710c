package dev.qwen2api.account.cli;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Pause;
import dev.qwen2api.account.cli.CliStore.Bench;
import dev.qwen2api.account.cli.CliStore.Kept;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One account on the CLI channel. Guarded by the lock of {@link CliAccounts}. */
final class CliEntry {

    private final AccountId account;
    private final String user;
    private @Nullable CliCredential credential;
    private @Nullable Bench bench;
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
        bench = kept.bench().orElse(null);
        requests = kept.requests();
        proven = credential != null;
    }

    /** The same under another number. */
    CliEntry at(AccountId number) {
        var moved = new CliEntry(number, user, day);
        moved.credential = credential;
        moved.bench = bench;
        moved.benchBegun = benchBegun;
        moved.requests = requests;
        moved.proven = proven;
        return moved;
    }

    Kept kept() {
        return new Kept(account, user, credential(), Optional.ofNullable(bench), day, requests);
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
        if (bench != null && bench.state() != CliState.LIMITED) {
            bench = null;
        }
    }

    /** The credential is dead. */
    void strip() {
        credential = null;
        proven = false;
    }

    void bench(Bench why, Instant now) {
        bench = why;
        benchBegun = now;
    }

    /** The service took the credential. */
    void prove() {
        proven = true;
        bench = null;
    }

    boolean isProven() {
        return proven;
    }

    Optional<Bench> benchAt(Instant now) {
        return Optional.ofNullable(bench).filter(why -> !new Pause(benchBegun, why.until()).isOver(now));
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
