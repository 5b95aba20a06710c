package dev.qwen2api.ops.doctor;

import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import java.time.Instant;
import java.util.Optional;

/** The service, asked without spending a message. */
public interface UpstreamProbe {

    /**
     * What came of asking for something that is open to all.
     *
     * @param time what the service's clock says
     * @param failure why there was no reply; empty where there was one
     */
    record Visit(Optional<Instant> time, Optional<Failure> failure) {}

    /** Asks for something that is open to all, the way chats go. */
    Visit visit();

    /** Asks whose session an account's is; returns why it is no good, empty where it is. */
    Optional<Failure> session(Account account);
}
