package dev.qwen2api.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.MemoryHealth;
import dev.qwen2api.account.MemoryUsage;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerPresentation.SearchFormat;
import dev.qwen2api.chat.AnswerPresentation.ThinkFormat;
import dev.qwen2api.chat.filter.AnswerFilters;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How many accounts one request tries, and when it ends. */
@Timeout(20)
class AttemptsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final List<AnswerEvent> HELLO = List.of(new Text("hello"), new Finished(Finished.Reason.STOP));

    private final MovableClock clock = new MovableClock();
    private final AccountRing ring = new AccountRing(
            clock, System::nanoTime, CooldownPolicy.of(3, LIMIT), new RingLimits(1, Duration.ZERO), new MemoryHealth());
    private final List<String> log = new ArrayList<>();
    private @Nullable Problem problem;
    private boolean whole;
    private Duration perAttempt = Duration.ZERO;

    /** What one account answers: events, then a failure unless they end the answer. */
    private record Script(List<AnswerEvent> events, Optional<Failure> failure) {

        static Script failing(FailureKind kind) {
            return new Script(List.of(), Optional.of(Failure.of(kind, kind.name())));
        }
    }

    private void accounts(int count) {
        ring.replace(
                IntStream.rangeClosed(1, count).mapToObj(TestAccounts::account).toList());
    }

    private void ask(Map<Integer, Script> scripts, Script others, ChatType type) throws InterruptedException {
        Channel channel = (resolved, account) -> {
            clock.advance(perAttempt);
            return new Scripted(scripts.getOrDefault(account.id().num(), others));
        };
        var dependencies = new ChatExecution.Dependencies(
                ring,
                channel,
                new UsageRecorder(clock, new MemoryUsage()),
                (conversation, gone) -> {
                    throw new AssertionError();
                },
                new AnswerFilters((conversation, retry, next) -> next));
        var rules = new ChatExecution.Rules(
                new AnswerPresentation(ThinkFormat.FIELD, SearchFormat.TABLE),
                new RequestTimeouts(Duration.ZERO, LIMIT, LIMIT, Duration.ZERO, LIMIT));
        var conversation = new Conversation(
                "m",
                List.of(Message.of(Message.Role.USER, "hi")),
                List.of(),
                Conversation.ToolChoice.AUTO,
                Conversation.Options.NONE);
        var resolved = new ResolvedConversation(conversation, "m", type, false, OptionalInt.empty(), Optional.empty());
        new ChatExecution(dependencies, rules, () -> clock.instant().toEpochMilli() * 1_000_000, resolved, new Sink())
                .run();
    }

    private void ask(Script everybody) throws InterruptedException {
        ask(Map.of(), everybody, ChatType.TEXT);
    }

    private long tried() {
        return log.stream().filter(line -> line.startsWith("account_")).count();
    }

    private ProblemKind problemKind() {
        return problem == null ? ProblemKind.INTERNAL : problem.kind();
    }

    private List<AccountState> states() {
        return ring.statuses().stream().map(AccountStatus::state).toList();
    }

    private record Scripted(Script script) implements AnswerStream {

        @Override
        public Progress read(Duration longest, AnswerListener listener) throws UpstreamException {
            script.events().forEach(listener::on);
            if (script.failure().isPresent()) {
                throw new UpstreamException(script.failure().get());
            }
            return Progress.ENDED;
        }

        @Override
        public void close() {}
    }

    private final class Sink implements AnswerSink {

        @Override
        public boolean isWhole() {
            return whole;
        }

        @Override
        public void leased(AccountId account) {
            log.add(account.toString());
        }

        @Override
        public void open() {
            log.add("open");
        }

        @Override
        public void on(AnswerEvent event) {
            if (event instanceof Text text) {
                log.add(text.text());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void heartbeat() {}

        @Override
        public boolean clientGone() {
            return false;
        }

        @Override
        public void fail(Problem why) {
            problem = why;
        }

        @Override
        public void done() {
            log.add("done");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MODERATED, 1",
        "BAD_INPUT, 1",
        "TOO_LONG, 1",
        "CHALLENGED, 2",
        "SILENT, 2",
        "EMPTY, 3",
        "BUSY, 3",
        "UNKNOWN, 3",
        "FORBIDDEN, 3",
        "BROKEN, 3",
        "UNREACHABLE, 3",
        "RATE_LIMITED, 5",
        "QUOTA_EXHAUSTED, 5",
        "EXPIRED, 5",
        "PARALLEL_LIMITED, 5"
    })
    void a_request_ends_after_as_many_accounts_as_its_failure_is_worth(FailureKind kind, int accounts)
            throws Exception {
        accounts(5);
        ask(Script.failing(kind));
        assertEquals(accounts, tried());
        assertEquals(kind.problem(), problemKind());
    }

    @Test
    void a_prompt_whose_answer_is_empty_everywhere_takes_no_account_out_however_often_an_sdk_sends_it()
            throws Exception {
        accounts(5);
        for (int i = 0; i < 3; i++) {
            ask(Script.failing(FailureKind.EMPTY));
        }
        assertEquals(Collections.nCopies(5, AccountState.ACTIVE), states());
    }

    @Test
    void a_limited_account_is_passed_over_until_one_answers() throws Exception {
        accounts(5);
        ask(Map.of(5, new Script(HELLO, Optional.empty())), Script.failing(FailureKind.RATE_LIMITED), ChatType.TEXT);
        assertEquals("done", log.get(log.size() - 1));
        assertEquals(5, tried());
    }

    @Test
    void a_video_over_its_quota_costs_chats_nothing() throws Exception {
        accounts(2);
        ask(Map.of(), Script.failing(FailureKind.QUOTA_EXHAUSTED), ChatType.VIDEO);
        assertEquals(ProblemKind.QUOTA_EXHAUSTED, problemKind());
        ask(new Script(HELLO, Optional.empty()));
        assertEquals("done", log.get(log.size() - 1));
    }

    @Test
    void a_later_request_for_a_spent_quota_is_told_so_too() throws Exception {
        accounts(1);
        ask(Map.of(), Script.failing(FailureKind.QUOTA_EXHAUSTED), ChatType.VIDEO);
        problem = null;
        ask(Map.of(), Script.failing(FailureKind.QUOTA_EXHAUSTED), ChatType.VIDEO);
        assertEquals(ProblemKind.QUOTA_EXHAUSTED, problemKind());
        assertEquals(1, tried());
    }

    @Test
    void failures_of_uploads_leave_chats_alone() throws Exception {
        accounts(1);
        var upload = new Script(
                List.of(),
                Optional.of(Failure.of(FailureKind.BUSY, "parse failed").in(RequestKind.UPLOAD)));
        for (int i = 0; i < 4; i++) {
            ask(upload);
        }
        assertEquals(List.of(AccountState.ACTIVE), states());
    }

    @Test
    void a_whole_answer_changes_the_account_until_its_last_byte() throws Exception {
        whole = true;
        accounts(2);
        var broken = new Script(
                List.of(new Text("lost")), Optional.of(Failure.of(FailureKind.TRUNCATED, "the connection broke off")));
        ask(Map.of(1, broken), new Script(HELLO, Optional.empty()), ChatType.TEXT);
        assertEquals(List.of("account_1", "account_2", "open", "hello", "done"), log);
    }

    @Test
    void a_streamed_answer_keeps_its_account_from_its_first_byte_on() throws Exception {
        accounts(2);
        var broken = new Script(
                List.of(new Text("half")), Optional.of(Failure.of(FailureKind.TRUNCATED, "the connection broke off")));
        ask(Map.of(1, broken), new Script(HELLO, Optional.empty()), ChatType.TEXT);
        assertEquals(List.of("account_1", "open", "half"), log);
        assertEquals(ProblemKind.UPSTREAM_ERROR, problemKind());
    }

    @Test
    void no_attempt_begins_after_the_deadline_of_the_request() throws Exception {
        accounts(5);
        perAttempt = LIMIT;
        ask(Script.failing(FailureKind.RATE_LIMITED));
        assertEquals(2, tried(), "the queue's time and twice the limit of the first byte");
        assertEquals(ProblemKind.RATE_LIMITED, problemKind());
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void one_request_of_any_failure_that_names_no_account_takes_at_most_one_account_out(FailureKind kind)
            throws Exception {
        accounts(5);
        ask(Script.failing(kind));
        long out =
                states().stream().filter(state -> state != AccountState.ACTIVE).count();
        assertTrue(kind.namesAccount() || out <= 1, kind + " takes " + out + " accounts out");
    }
}
