package dev.qwen2api.account;

/** Decides whether a channel can use an account now, apart from its health and load. */
@FunctionalInterface
public interface Admission {

    /** What a channel can do with an account. */
    enum Decision {
        ADMITTED,
        /** Not yet: a request that finds no other account waits for it in the queue. */
        PENDING,
        REFUSED
    }

    /** Decides about one account; called under the ring's lock, so it must not block. */
    Decision decide(Account account);
}
