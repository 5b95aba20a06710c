package dev.qwen2api.ops.doctor;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.failure.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks when the session of each account expires and whether the service accepts it. */
public final class AccountsCheck implements Doctor.Check {

    private static final String COPY = "copy a fresh cookie from a signed-in browser";
    private static final DateTimeFormatter UNTIL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm z");
    private static final Duration SOON = Duration.ofDays(1);

    private final Accounts accounts;
    private final Function<Account, Optional<Failure>> session;
    private final Clock clock;

    /**
     * The accounts that a gateway with these settings would have.
     *
     * @param usable in the order of their numbers, with the stored health
     * @param unusable numbers of the cookies in {@code QWEN_COOKIES} without a usable token
     */
    public record Accounts(List<AccountStatus> usable, List<Integer> unusable) {
        public Accounts {
            usable = List.copyOf(usable);
            unusable = List.copyOf(unusable);
        }
    }

    /** @param session asks the service why the session of an account is invalid; empty if it is valid */
    public AccountsCheck(Accounts accounts, Function<Account, Optional<Failure>> session, Clock clock) {
        this.accounts = accounts;
        this.session = session;
        this.clock = clock;
    }

    @Override
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        accounts.unusable()
                .forEach(num -> found.add(
                        Finding.error("account_" + num, "its cookie in QWEN_COOKIES has no usable token=…", COPY)));
        accounts.usable().forEach(status -> found.add(finding(status)));
        if (found.isEmpty()) {
            found.add(Finding.error("accounts", "there are none", "put a cookie into QWEN_COOKIES"));
        }
        return found;
    }

    private Finding finding(AccountStatus status) {
        Account account = status.account();
        String subject = account.id().toString();
        Optional<Instant> end = account.credential().expires();
        Duration left = end.map(at -> Duration.between(clock.instant(), at)).orElse(Duration.ofDays(365));
        boolean renewable = account.credential().isRenewable();
        if (left.isNegative() && !renewable) {
            return Finding.error(subject, "its session ended " + -left.toHours() + " hours ago", COPY);
        }
        Optional<Failure> failure = left.isNegative() ? Optional.empty() : session.apply(account);
        if (failure.isPresent()) {
            return refused(subject, failure.get());
        }
        if (!status.healthy()) {
            return coolingDown(subject, status);
        }
        if (!status.cooldowns().isEmpty()) {
            return partlyCoolingDown(subject, status);
        }
        String lasts = end.isEmpty() ? "its token has no expiry date" : left(left);
        return left.compareTo(SOON) < 0 && !renewable
                ? Finding.warning(subject, "signed in, but " + lasts, COPY + " soon")
                : Finding.ok(subject, "signed in; " + lasts);
    }

    /** The service accepts its session, but a gateway would not use it yet. */
    private Finding coolingDown(String subject, AccountStatus status) {
        String until = status.retryAt().map(at -> " until " + moment(at)).orElse("");
        String why = status.reason().map(reason -> ": " + reason).orElse("");
        return Finding.warning(
                subject, "signed in, but " + status.state().wire() + until + why, "wait, or add another account");
    }

    /** It serves chats, but not every kind of request. */
    private Finding partlyCoolingDown(String subject, AccountStatus status) {
        String kinds = status.cooldowns().entrySet().stream()
                .map(kind ->
                        kind.getKey().wire() + " is " + kind.getValue().state().wire() + " until "
                                + moment(kind.getValue().until()))
                .sorted()
                .collect(Collectors.joining(", "));
        return Finding.warning(subject, "signed in for chats, but " + kinds, "wait, or add another account");
    }

    private String moment(Instant at) {
        return at.atZone(clock.getZone()).format(UNTIL);
    }

    private static String left(Duration left) {
        if (left.isNegative()) {
            return "its token has expired, and its cookie can renew it";
        }
        return left.toDays() > 1 ? left.toDays() + " days left" : left.toHours() + " hours left";
    }

    private static Finding refused(String subject, Failure failure) {
        return switch (failure.kind().cause()) {
            case SESSION -> Finding.error(subject, "the service no longer knows its session", COPY);
            case ACCOUNT ->
                Finding.error(subject, "the service refuses it", "sign in with a browser and follow its message");
            case CHALLENGE ->
                Finding.warning(
                        subject,
                        "could not be checked: the service requires a human check",
                        "pass it in a browser on the same network, with the same account");
            case CONNECTION ->
                Finding.warning(
                        subject,
                        "could not be checked: " + failure.detail(),
                        "solve the problem with the service first");
            case LIMIT, SERVICE, REQUEST ->
                Finding.warning(subject, "could not be checked: " + failure.detail(), "try again later");
        };
    }
}
