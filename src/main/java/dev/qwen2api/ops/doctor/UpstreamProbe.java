package dev.qwen2api.ops.doctor;

import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import java.time.Instant;
import java.util.Optional;

/** Contacts the service without spending a message. */
public interface UpstreamProbe {

    /**
     * The result of a request for a public resource.
     *
     * @param time the service's clock
     * @param failure why there was no reply
     */
    record Contact(Optional<Instant> time, Optional<Failure> failure) {}

    /** Requests a public resource over the same route as chats. */
    Contact contact();

    /** Returns why the session of an account is invalid; empty if it is valid. */
    Optional<Failure> session(Account account);
}
