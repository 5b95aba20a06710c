package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.cli.CliAccounts;
import dev.qwen2api.account.cli.CliLease;

/** Sees to it that a request counts for its account if the portal took it, and only then. Used by one thread. */
final class Counted implements AutoCloseable {

    private final CliAccounts accounts;
    private final CliLease lease;
    private boolean accepted;

    Counted(CliAccounts accounts, CliLease lease) {
        this.accounts = accounts;
        this.lease = lease;
    }

    void accepted() {
        accepted = true;
        accounts.accepted(lease);
    }

    @Override
    public void close() {
        if (!accepted) {
            accounts.notAccepted(lease);
        }
    }
}
