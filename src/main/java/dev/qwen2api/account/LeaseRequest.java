package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.RequestKind;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The state of one request in the ring over all its leases. Guarded by the ring's lock. */
final class LeaseRequest {

    private final RequestKind kind;
    private final Set<RequestKind> needs;
    private final Set<AccountId> excluded = new HashSet<>();
    private Optional<AccountId> preferred = Optional.empty();
    private final Set<RequestKind> charged = EnumSet.noneOf(RequestKind.class);

    /**
     * @param kind what a failure concerns that names no kind of request
     * @param needs the kinds of request that an account must be fit for, {@code kind} included
     */
    LeaseRequest(RequestKind kind, Set<RequestKind> needs) {
        this.kind = kind;
        this.needs = Set.copyOf(needs);
    }

    LeaseRequest prefer(Optional<AccountId> account) {
        preferred = account;
        return this;
    }

    /** The account to take out of turn if it is free. */
    Optional<AccountId> preferred() {
        return preferred;
    }

    Set<RequestKind> needs() {
        return needs;
    }

    Set<AccountId> excluded() {
        return excluded;
    }

    RequestKind scope(Failure failure) {
        return failure.scope().orElse(kind);
    }

    /**
     * Whether the failure costs its account something: of those that do not say whose they are, the first one of each
     * kind of request does.
     */
    boolean charges(Failure failure) {
        return failure.kind().namesAccount() || charged.add(scope(failure));
    }
}
