package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.Credential;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The users of whom the CLI channel keeps what it knows. Immutable.
 *
 * @param accounts the owner's accounts
 * @param mayReturn users without an account whose cookies may come back
 */
record CliOwners(List<Account> accounts, Set<String> mayReturn) {

    static final CliOwners NONE = new CliOwners(List.of(), Set.of());

    CliOwners {
        accounts = List.copyOf(accounts);
        mayReturn = Set.copyOf(mayReturn);
    }

    /** Whether the same users have the same numbers; their sessions may be others. */
    boolean isLike(CliOwners other) {
        return keys().equals(other.keys()) && mayReturn.equals(other.mayReturn);
    }

    private List<String> keys() {
        return accounts.stream()
                .map(each -> each.id() + " " + CliUser.key(each))
                .toList();
    }

    Optional<Account> account(String user) {
        return accounts.stream().filter(each -> CliUser.key(each).equals(user)).findFirst();
    }

    boolean has(String user) {
        return mayReturn.contains(user) || account(user).isPresent();
    }

    /** In the ring of this channel an account holds the OAuth token: its web session may be dead. */
    List<Account> bearers(Function<String, Credential> bearer) {
        return accounts.stream()
                .map(account -> account.with(bearer.apply(CliUser.key(account))))
                .toList();
    }
}
