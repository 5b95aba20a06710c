package dev.qwen2api.failure;

import static dev.qwen2api.failure.FailureKind.Verdict.GIVE_UP;
import static dev.qwen2api.failure.FailureKind.Verdict.TRY_EVERY_ACCOUNT;
import static dev.qwen2api.failure.FailureKind.Verdict.TRY_THREE_ACCOUNTS;
import static dev.qwen2api.failure.FailureKind.Verdict.TRY_TWO_ACCOUNTS;

import java.time.Duration;

/**
 * The kinds of failure that the gateway tells apart, and the one table of what follows from each: whether another
 * account is tried, what it costs the account, and what the client reads.
 */
public enum FailureKind {
    /** The service asks the account to slow down; {@link Failure#retryAfter()} says for how long. */
    RATE_LIMITED(
            Cause.LIMIT,
            TRY_EVERY_ACCOUNT,
            AccountPenalty.LIMIT,
            ProblemKind.RATE_LIMITED,
            5,
            ". Wait, or add another account."),
    /** The account's token is dead. */
    EXPIRED(
            Cause.SESSION,
            TRY_EVERY_ACCOUNT,
            AccountPenalty.EXPIRE,
            ProblemKind.SESSION_EXPIRED,
            0,
            ". Copy a fresh cookie from the browser into QWEN_COOKIES."),
    /** The account is banned or may not do this. */
    FORBIDDEN(
            Cause.ACCOUNT,
            TRY_THREE_ACCOUNTS,
            AccountPenalty.FORBID,
            ProblemKind.UPSTREAM_ERROR,
            0,
            ". Sign in with the browser to see why the account is refused."),
    /** The service asks for a human check, or silently refuses this network. */
    CHALLENGED(
            Cause.CHALLENGE,
            TRY_TWO_ACCOUNTS,
            AccountPenalty.CHALLENGE,
            ProblemKind.VERIFICATION_REQUIRED,
            30,
            ". Open https://chat.qwen.ai in the browser from the same network, pass the check, and copy the cookie"
                    + " again."),
    /** A passing refusal: overload, a chat still in progress, the catch-all {@code Bad_Request}. */
    BUSY(Cause.SERVICE),
    /** The account runs too many generations at once; it passes within seconds. */
    PARALLEL_LIMITED(
            Cause.LIMIT,
            TRY_EVERY_ACCOUNT,
            AccountPenalty.PAUSE,
            ProblemKind.RATE_LIMITED,
            5,
            ". Send fewer requests at once, or add another account."),
    /** The account's quota for this kind of request is spent; {@link Failure#retryAfter()} says for how long. */
    QUOTA_EXHAUSTED(
            Cause.LIMIT,
            TRY_EVERY_ACCOUNT,
            AccountPenalty.LIMIT,
            ProblemKind.QUOTA_EXHAUSTED,
            5,
            ". Wait, or add another account."),
    /** An error code that the gateway does not know: a passing fault of the request. */
    UNKNOWN(Cause.SERVICE),
    /** The content was refused by moderation. */
    MODERATED(Cause.REQUEST, ProblemKind.CONTENT_FILTER, ". Change the prompt."),
    /** The model is not there (any more). */
    MODEL_GONE(Cause.REQUEST, ProblemKind.MODEL_NOT_FOUND, ". Choose another from /v1/models."),
    /** The prompt is longer than the service takes. */
    TOO_LONG(Cause.REQUEST, ProblemKind.CONTEXT_LENGTH_EXCEEDED, ". Shorten the conversation."),
    /** The service refused the request as malformed. */
    BAD_INPUT(Cause.REQUEST, ProblemKind.INVALID_REQUEST, ""),
    /** The answer broke off before its end. */
    TRUNCATED(Cause.CONNECTION),
    /** The answer ended without a single character. */
    EMPTY(Cause.SERVICE),
    /** A reset, a gateway error, or a reply that is no reply of this service. */
    BROKEN(Cause.CONNECTION),
    /** No connection could be made: the route is at fault, not the account. */
    UNREACHABLE(
            Cause.CONNECTION, TRY_THREE_ACCOUNTS, AccountPenalty.NONE, ProblemKind.UPSTREAM_ERROR, 0, ". Try again."),
    /** Nothing came within the time limit. */
    SILENT(Cause.CONNECTION, TRY_TWO_ACCOUNTS, AccountPenalty.COUNT, ProblemKind.UPSTREAM_TIMEOUT, 0, ". Try again."),
    /** The answer is whole but not of the form that the client requires. */
    UNFIT(Cause.REQUEST, ProblemKind.UPSTREAM_ERROR, ". Try again.");

    /** How many accounts a request tries as long as the client was sent nothing. */
    public enum Verdict {
        GIVE_UP(1),
        TRY_TWO_ACCOUNTS(2),
        TRY_THREE_ACCOUNTS(3),
        TRY_EVERY_ACCOUNT(Integer.MAX_VALUE);

        private final int accounts;

        Verdict(int accounts) {
            this.accounts = accounts;
        }

        /** The number of accounts after which the request ends. */
        public int accounts() {
            return accounts;
        }
    }

    /** Whose fault it is, from the one that passes soonest to the one that does not pass. */
    public enum Cause {
        /** The service had a bad moment. */
        SERVICE,
        /** The way between the gateway and the service. */
        CONNECTION,
        /** The service suspects a robot. */
        CHALLENGE,
        /** A limit of the account. */
        LIMIT,
        /** The account's session has ended. */
        SESSION,
        /** The account itself. */
        ACCOUNT,
        /** The request: every account would fail in the same way. */
        REQUEST
    }

    private final Cause cause;
    private final Verdict verdict;
    private final AccountPenalty penalty;
    private final ProblemKind problem;
    private final Duration leastWait;
    private final String advice;

    FailureKind(
            Cause cause,
            Verdict verdict,
            AccountPenalty penalty,
            ProblemKind problem,
            int leastWaitSeconds,
            String advice) {
        this.cause = cause;
        this.verdict = verdict;
        this.penalty = penalty;
        this.problem = problem;
        this.leastWait = Duration.ofSeconds(leastWaitSeconds);
        this.advice = advice;
    }

    /** A failure that does not say whose it is. */
    FailureKind(Cause cause) {
        this(cause, TRY_THREE_ACCOUNTS, AccountPenalty.COUNT, ProblemKind.UPSTREAM_ERROR, 0, ". Try again.");
    }

    /** A failure of the request. */
    FailureKind(Cause cause, ProblemKind problem, String advice) {
        this(cause, GIVE_UP, AccountPenalty.NONE, problem, 0, advice);
    }

    public Cause cause() {
        return cause;
    }

    /** How many accounts a request tries as long as the client was sent nothing. */
    public Verdict verdict() {
        return verdict;
    }

    public AccountPenalty penalty() {
        return penalty;
    }

    /**
     * Whether it certainly concerns the account that met it. Any other failure may be the request's own, so that one
     * request costs only the first account that meets one.
     */
    public boolean namesAccount() {
        return switch (cause) {
            case LIMIT, SESSION, CHALLENGE -> true;
            case SERVICE, CONNECTION, ACCOUNT, REQUEST -> false;
        };
    }

    public ProblemKind problem() {
        return problem;
    }

    /** Shortest time after which trying again makes sense; zero where none is known. */
    public Duration leastWait() {
        return leastWait;
    }

    /** The next step for the client: the end of a sentence. */
    public String advice() {
        return advice;
    }
}
