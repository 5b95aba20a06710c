package dev.qwen2api.metrics;

import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.metrics.MetricFamily.Sample;
import dev.qwen2api.metrics.MetricFamily.Sample.Label;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Metrics of accounts and answers. Accounts are labelled {@code account_2} and never identified otherwise. Thread-safe.
 */
public final class AccountMetrics implements MetricFamily.Source {

    private final AccountRing ring;
    private final UsageRecorder usage;

    public AccountMetrics(AccountRing ring, UsageRecorder usage) {
        this.ring = ring;
        this.usage = usage;
    }

    @Override
    public List<MetricFamily> families() {
        List<AccountStatus> now = ring.statuses();
        var families = new ArrayList<MetricFamily>();
        families.add(byState(now));
        families.add(each("qwen2api_account_up", "Whether the account is in the ring.", now, AccountMetrics::up));
        families.add(kinds(now));
        families.add(each(
                "qwen2api_account_answers_in_flight",
                "Answers in progress on the account.",
                now,
                AccountStatus::inFlight));
        families.add(each(
                "qwen2api_account_consecutive_failures",
                "Consecutive failures of the account.",
                now,
                AccountStatus::failureCount));
        families.add(expiries(now));
        families.add(MetricFamily.counter(
                "qwen2api_upstream_failures_total",
                "Failures of the upstream, counted for each account tried.",
                Arrays.stream(FailureKind.values())
                        .map(kind -> Sample.of(
                                ring.failures(kind),
                                new Label("kind", kind.name().toLowerCase(Locale.ROOT))))
                        .toArray(Sample[]::new)));
        families.addAll(work());
        return families;
    }

    private static MetricFamily byState(List<AccountStatus> now) {
        return MetricFamily.gauge(
                "qwen2api_accounts",
                "Accounts by state.",
                Arrays.stream(AccountState.values())
                        .map(state -> Sample.of(
                                now.stream()
                                        .filter(status -> status.state() == state)
                                        .count(),
                                new Label("state", state.wire())))
                        .toArray(Sample[]::new));
    }

    private static MetricFamily kinds(List<AccountStatus> now) {
        return MetricFamily.gauge(
                "qwen2api_account_kind_up",
                "Whether the account is in the ring for requests of the kind.",
                now.stream()
                        .flatMap(status -> Arrays.stream(RequestKind.values())
                                .map(kind -> Sample.of(
                                        status.serves(kind) ? 1 : 0, label(status), new Label("kind", kind.wire()))))
                        .toArray(Sample[]::new));
    }

    private static double up(AccountStatus status) {
        return status.healthy() ? 1 : 0;
    }

    private static MetricFamily each(
            String name, String help, List<AccountStatus> now, ToDoubleFunction<AccountStatus> value) {
        return MetricFamily.gauge(
                name,
                help,
                now.stream()
                        .map(status -> Sample.of(value.applyAsDouble(status), label(status)))
                        .toArray(Sample[]::new));
    }

    private static Label label(AccountStatus status) {
        return new Label("account", status.account().id().toString());
    }

    private static MetricFamily expiries(List<AccountStatus> now) {
        return MetricFamily.gauge(
                "qwen2api_account_session_expiry_timestamp_seconds",
                "Expiry of the account's session by its token.",
                now.stream()
                        .flatMap(status -> status
                                .account()
                                .credential()
                                .expires()
                                .map(Instant::getEpochSecond)
                                .map(end -> Sample.of(end, label(status)))
                                .stream())
                        .toArray(Sample[]::new));
    }

    private List<MetricFamily> work() {
        var answers = new ArrayList<Sample>();
        var tokens = new ArrayList<Sample>();
        usage.sinceStart().forEach((model, total) -> {
            var label = new Label("model", model);
            answers.add(Sample.of(total.requests(), label));
            tokens.add(Sample.of(total.input(), label, new Label("direction", "input")));
            tokens.add(Sample.of(total.output(), label, new Label("direction", "output")));
        });
        return List.of(
                new MetricFamily("qwen2api_answers_total", MetricFamily.Type.COUNTER, "Completed answers.", answers),
                new MetricFamily(
                        "qwen2api_tokens_total",
                        MetricFamily.Type.COUNTER,
                        "Input and output tokens, reasoning included.",
                        tokens));
    }
}
