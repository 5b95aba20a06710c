package dev.qwen2api.account.cli;

import dev.qwen2api.account.AccountId;
import java.time.LocalDate;

/**
 * One counted request of one account.
 *
 * @param account whose request it is
 * @param credential what it is sent with
 * @param day on which it counts
 */
public record CliLease(AccountId account, CliCredential credential, LocalDate day) {

    /** The same request with a renewed credential. */
    public CliLease with(CliCredential renewed) {
        return new CliLease(account, renewed, day);
    }
}
