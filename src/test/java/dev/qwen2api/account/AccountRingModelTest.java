package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.fail;

import dev.qwen2api.account.RingModel.Request;
import dev.qwen2api.account.RingModel.Running;
import dev.qwen2api.account.RingModel.User;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs random sequences of requests, replies, reloads, cookies, steps of the clock and restarts over 1 to 5 accounts,
 * and compares the ring with {@link RingModel} after each step. {@code -Dring.sequences=100000} runs more of them,
 * {@code -Dring.seed=...} others.
 */
@Timeout(1_800)
class AccountRingModelTest {

    private static final int STEPS = 40;
    private static final List<Set<RequestKind>> NEEDS = List.of(
            Set.of(RequestKind.CHAT),
            Set.of(RequestKind.CHAT, RequestKind.UPLOAD),
            Set.of(RequestKind.PICTURE),
            Set.of(RequestKind.VIDEO));
    private static final int[] ASKED_SECONDS = {0, 0, 7, 3_600, 400_000};
    private static final int[] CLOCK_SECONDS = {1, 4, 6, 11, 30, 61, 300, 601, 3_601, 90_000, -20, -200_000};

    private enum Op {
        BEGIN,
        RETRY,
        SUCCEED,
        FAIL,
        GIVE_UP,
        CLOCK,
        RELOAD,
        COPY_COOKIE,
        RENEW,
        RESET,
        RESTART
    }

    /** One step; the numbers are taken modulo what there is to choose from, so that any part of a sequence is one. */
    private record Step(Op op, int a, int b, int c, int d) {

        static Step random(Random random) {
            Op[] often = {
                Op.BEGIN, Op.BEGIN, Op.BEGIN, Op.RETRY, Op.SUCCEED, Op.FAIL, Op.FAIL, Op.FAIL, Op.CLOCK, Op.CLOCK
            };
            Op op = random.nextInt(3) > 0 ? often[random.nextInt(often.length)] : Op.values()[random.nextInt(11)];
            return new Step(op, random.nextInt(60), random.nextInt(60), random.nextInt(60), random.nextInt(60));
        }
    }

    @Test
    void the_ring_and_a_plain_model_of_its_rules_agree_after_every_step() {
        int sequences = Integer.getInteger("ring.sequences", 600);
        long first = Long.getLong("ring.seed", 20_261_129L);
        for (long seed = first; seed < first + sequences; seed++) {
            var random = new Random(seed);
            int accounts = 1 + random.nextInt(5);
            List<Step> steps =
                    IntStream.range(0, STEPS).mapToObj(i -> Step.random(random)).toList();
            if (disagreement(accounts, steps).isPresent()) {
                List<Step> shortest = shrunk(accounts, steps);
                fail("seed " + seed + ", " + accounts + " accounts: "
                        + disagreement(accounts, shortest).orElse("") + " after\n"
                        + String.join(
                                "\n", shortest.stream().map(Step::toString).toList()));
            }
        }
    }

    private static List<Step> shrunk(int accounts, List<Step> failing) {
        List<Step> steps = failing;
        for (int size = steps.size() / 2; size > 0; size = size > 1 ? size / 2 : 0) {
            boolean shorter = true;
            while (shorter) {
                shorter = false;
                for (int from = 0; from + size <= steps.size() && !shorter; from++) {
                    var fewer = new ArrayList<>(steps);
                    fewer.subList(from, from + size).clear();
                    if (disagreement(accounts, fewer).isPresent()) {
                        steps = fewer;
                        shorter = true;
                    }
                }
            }
        }
        return steps;
    }

    private static Optional<String> disagreement(int accounts, List<Step> steps) {
        try {
            var run = new Run(accounts);
            for (Step step : steps) {
                run.apply(step);
                Optional<String> difference = run.difference();
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    /** The ring and the model side by side. */
    private static final class Run {

        private final MovableClock clock = new MovableClock();
        private final MemoryHealth health = new MemoryHealth();
        private final RingModel model = new RingModel();
        private final List<Attempt> running = new ArrayList<>();
        private final List<Attempt> ended = new ArrayList<>();
        private final int accounts;
        private AccountRing ring;
        private int cookies;

        private record Attempt(PendingLease place, LeaseRequest request, Lease lease, Running model) {}

        Run(int accounts) {
            this.accounts = accounts;
            this.ring = ring();
            for (int num = 1; num <= accounts; num++) {
                model.ring.add(new User("user-" + num));
            }
            ring.replace(present());
            model.now = clock.instant().toEpochMilli();
        }

        private AccountRing ring() {
            return new AccountRing(
                    clock,
                    () -> 0,
                    CooldownPolicy.of(3, Duration.ofMinutes(5)),
                    new RingLimits(RingModel.MAX_CONCURRENT, Duration.ZERO),
                    health);
        }

        private List<Account> present() {
            return IntStream.range(0, model.ring.size())
                    .mapToObj(i -> account(i + 1, model.ring.get(i)))
                    .toList();
        }

        /** The account as it is in the ring, else with a first session. */
        private Account account(int num, User user) {
            Credential credential = ring.find(new AccountId(num), Optional.of(user.name))
                    .map(Account::credential)
                    .orElseGet(() -> session(user));
            return new Account(new AccountId(num), Account.Source.ENV, credential);
        }

        private Credential session(User user) {
            return TestAccounts.credential(
                    user.name, Instant.parse("2040-01-01T00:00:00Z").plusSeconds(cookies++));
        }

        void apply(Step step) throws InterruptedException {
            switch (step.op()) {
                case BEGIN -> begin(step);
                case RETRY -> retry(step);
                case SUCCEED ->
                    end(step, attempt -> {
                        attempt.lease().succeeded();
                        model.succeed(attempt.model());
                    });
                case FAIL -> end(step, attempt -> fail(attempt, step));
                case GIVE_UP -> end(step, attempt -> {});
                case CLOCK -> {
                    clock.advance(Duration.ofSeconds(CLOCK_SECONDS[step.a() % CLOCK_SECONDS.length]));
                    model.now = clock.instant().toEpochMilli();
                }
                case RELOAD -> reload(step);
                case COPY_COOKIE -> change(step, true);
                case RENEW -> change(step, false);
                case RESET ->
                    user(step).ifPresent(user -> {
                        ring.reset(id(user));
                        model.reset(user);
                    });
                case RESTART -> {
                    List<Account> present = present();
                    ring = ring();
                    ring.replace(present, health.load());
                    model.restart();
                    running.clear();
                    ended.clear();
                }
            }
        }

        private Optional<User> user(Step step) {
            return model.ring.isEmpty() ? Optional.empty() : Optional.of(model.ring.get(step.a() % model.ring.size()));
        }

        private AccountId id(User user) {
            return new AccountId(model.ring.indexOf(user) + 1);
        }

        private void begin(Step step) throws InterruptedException {
            Set<RequestKind> needs = NEEDS.get(step.b() % NEEDS.size());
            RequestKind kind = needs.contains(RequestKind.CHAT)
                    ? RequestKind.CHAT
                    : needs.iterator().next();
            Optional<User> user = user(step).filter(each -> model.mayLease(each, needs));
            if (user.isPresent()) {
                var request = new LeaseRequest(kind, needs);
                only(request, id(user.get()));
                lease(ring.enqueue(request), request, new Request(kind, needs), user.get());
            }
        }

        private void retry(Step step) throws InterruptedException {
            if (ended.isEmpty()) {
                return;
            }
            Attempt last = ended.remove(step.b() % ended.size());
            Request request = last.model().request;
            Optional<User> user = user(step).filter(each -> model.mayLease(each, request.needs));
            if (user.isPresent()) {
                only(last.request(), id(user.get()));
                lease(last.place(), last.request(), request, user.get());
            }
        }

        private void lease(PendingLease place, LeaseRequest request, Request modelRequest, User user)
                throws InterruptedException {
            try {
                Lease lease = place.await(Duration.ZERO).orElseThrow();
                running.add(new Attempt(place, request, lease, model.begin(modelRequest, user)));
            } catch (NoAccountException unavailable) {
                throw new IllegalStateException(unavailable);
            }
        }

        private void only(LeaseRequest request, AccountId id) {
            request.excluded().clear();
            for (int num = 1; num <= model.ring.size(); num++) {
                if (num != id.num()) {
                    request.excluded().add(new AccountId(num));
                }
            }
        }

        private void end(Step step, java.util.function.Consumer<Attempt> how) {
            if (!running.isEmpty()) {
                Attempt attempt = running.remove(step.d() % running.size());
                how.accept(attempt);
                attempt.lease().close();
                model.end(attempt.model());
                ended.add(attempt);
            }
        }

        private void fail(Attempt attempt, Step step) {
            FailureKind kind = FailureKind.values()[step.a() % FailureKind.values().length];
            int seconds = ASKED_SECONDS[step.b() % ASKED_SECONDS.length];
            boolean atUpload = step.c() % 4 == 0;
            Failure failure = Failure.of(kind, "why").after(Duration.ofSeconds(seconds));
            attempt.lease().failed(atUpload ? failure.in(RequestKind.UPLOAD) : failure);
            model.fail(attempt.model(), kind, atUpload, seconds * 1_000L);
        }

        /** Other accounts in another order: some go, some come back, those who stay may move. */
        private void reload(Step step) {
            var users = new ArrayList<User>();
            for (int num = 1; num <= accounts; num++) {
                String name = "user-" + num;
                boolean listed = (step.a() + num * step.b()) % 5 != 0;
                if (listed) {
                    users.add(model.ring.stream()
                            .filter(user -> user.name.equals(name))
                            .findFirst()
                            .orElseGet(() -> new User(name)));
                }
            }
            Collections.rotate(users, step.c());
            model.ring = users;
            ring.replace(present());
        }

        private void change(Step step, boolean copied) {
            user(step).ifPresent(user -> {
                Credential fresh = session(user);
                if (copied) {
                    List<Account> accounts = new ArrayList<>(present());
                    int index = model.ring.indexOf(user);
                    accounts.set(index, accounts.get(index).with(fresh));
                    ring.replace(accounts);
                } else {
                    ring.renew(id(user), old -> fresh);
                }
                model.freshSession(user, copied);
            });
        }

        /** Where the ring and the model disagree. */
        Optional<String> difference() throws InterruptedException {
            List<AccountStatus> statuses = ring.statuses();
            for (int i = 0; i < statuses.size(); i++) {
                User user = model.ring.get(i);
                AccountStatus status = statuses.get(i);
                String who = status.account().id() + " of " + user.name;
                if (millis(status.retryAt()) != model.outUntil(user)) {
                    return Optional.of(who + " is out until " + status.retryAt() + ", not until "
                            + Instant.ofEpochMilli(model.outUntil(user)));
                }
                for (RequestKind kind : RequestKind.values()) {
                    Optional<Instant> until =
                            Optional.ofNullable(status.cooldowns().get(kind)).map(Cooldown::until);
                    if (millis(until) != model.outUntil(user, kind)) {
                        return Optional.of(who + " is out for " + kind + " until " + until + ", not until "
                                + Instant.ofEpochMilli(model.outUntil(user, kind)));
                    }
                }
                for (Set<RequestKind> needs : NEEDS) {
                    if (mayLease(user, needs) != model.mayLease(user, needs)) {
                        return Optional.of(who + " may be leased for " + needs + ": " + !model.mayLease(user, needs));
                    }
                }
            }
            Optional<Instant> open = ring.breaker().openUntil(clock.instant());
            return millis(open) == model.breakerUntil()
                    ? Optional.empty()
                    : Optional.of("the breaker is open until " + open);
        }

        private boolean mayLease(User user, Set<RequestKind> needs) throws InterruptedException {
            var request = new LeaseRequest(needs.iterator().next(), EnumSet.copyOf(needs));
            only(request, id(user));
            try (PendingLease place = ring.enqueue(request)) {
                Optional<Lease> lease = place.await(Duration.ZERO);
                lease.ifPresent(Lease::close);
                return lease.isPresent();
            } catch (NoAccountException unavailable) {
                return false;
            }
        }

        private static long millis(Optional<Instant> instant) {
            return instant.map(Instant::toEpochMilli).orElse(0L);
        }
    }
}
