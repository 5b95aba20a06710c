package dev.qwen2api.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.MemoryHealth;
import dev.qwen2api.account.MemoryUsage;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.account.Usage;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerPresentation.SearchFormat;
import dev.qwen2api.chat.AnswerPresentation.ThinkFormat;
import dev.qwen2api.chat.filter.AnswerFilters;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.toolcall.ToolCallParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one request tells of the accounts that it tries, and what is counted of it. */
@Timeout(20)
class ChatExecutionTest {

    private static final AttachmentResolver NOTHING_ATTACHED =
            (conversation, gone) -> new AttachmentResolver.Resolved() {
                @Override
                public Conversation conversation() {
                    return conversation;
                }

                @Override
                public void close() {}
            };

    private static final AccountId ONE = new AccountId(1);
    private static final AccountId TWO = new AccountId(2);
    private static final List<Account> ACCOUNTS = List.of(TestAccounts.account(1), TestAccounts.account(2));
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final AnswerFilterFactory FILTERS =
            new AnswerFilters((conversation, retry, next) -> new ToolCallParser(
                    conversation.tools(), ToolCallParser.callIds(new Random()), Integer.MAX_VALUE, retry, next));
    private static final ChatExecution.Rules RULES = new ChatExecution.Rules(
            new AnswerPresentation(ThinkFormat.FIELD, SearchFormat.TABLE),
            new RequestTimeouts(Duration.ZERO, LONG, LONG, Duration.ZERO, LONG));

    private final MovableClock clock = new MovableClock();
    private final UsageRecorder usage = new UsageRecorder(clock, new MemoryUsage());
    private final List<String> told = new ArrayList<>();
    private final List<AnswerEvent> heard = new ArrayList<>();

    private static final Conversation.Tool TOOL = new Conversation.Tool("look", "", "{}");
    private static final AnswerEvent.Usage COST = new AnswerEvent.Usage(7, 5, 3, 1);
    private static final Finished STOP = new Finished(Finished.Reason.STOP);

    /** Asks with a demand for a call; answers in turn, the last one again and again. */
    private List<AnswerEvent> demand(List<List<AnswerEvent>> answers) throws InterruptedException {
        var ring = new AccountRing(
                clock,
                System::nanoTime,
                CooldownPolicy.of(3, LONG),
                new RingLimits(1, Duration.ZERO),
                new MemoryHealth());
        ring.replace(List.of(TestAccounts.account(1)));
        var left = new ArrayList<>(answers);
        Channel channel = (resolvedConversation, account) -> new Canned(left.size() > 1 ? left.remove(0) : left.get(0));
        new ChatExecution(
                        new ChatExecution.Dependencies(ring, channel, usage, NOTHING_ATTACHED, FILTERS),
                        RULES,
                        System::nanoTime,
                        question(List.of(TOOL), Conversation.ToolChoice.REQUIRED),
                        new Listener())
                .run();
        return heard;
    }

    @Test
    void an_answer_without_the_call_that_is_demanded_is_counted_and_asked_for_once_more() throws Exception {
        var refusal = List.<AnswerEvent>of(new Text("no"), COST, STOP);
        assertEquals(List.of(new Text("no"), COST, STOP), demand(List.of(refusal)));
        assertEquals(
                List.of("account_1", "account_1", "open", "done after " + Map.of(ONE, new Usage(2, 14, 10))), told);
    }

    @Test
    void a_failure_of_the_second_try_is_a_failure() throws Exception {
        demand(List.of(List.of(new Text("no"), COST, STOP), List.of()));
        assertEquals(List.of("account_1", "account_1", "fail"), told);
    }

    @Test
    void an_answer_that_its_limit_cut_off_is_not_asked_for_again() throws Exception {
        Finished cut = new Finished(Finished.Reason.LENGTH);
        assertEquals(List.of(new Text("no"), COST, cut), demand(List.of(List.of(new Text("no"), COST, cut))));
        assertEquals(2, told.indexOf("open") + 1);
    }

    /** Answers with what the upstream says of each account; the first one always fails. */
    private void ask(AnswerEvent... events) throws InterruptedException {
        var ring = new AccountRing(
                clock,
                System::nanoTime,
                CooldownPolicy.of(3, LONG),
                new RingLimits(1, Duration.ZERO),
                new MemoryHealth());
        ring.replace(List.of(TestAccounts.account(1), TestAccounts.account(2)));
        Channel channel =
                (resolvedConversation, account) -> new Canned(account.id().equals(TWO) ? List.of(events) : List.of());
        var dependencies = new ChatExecution.Dependencies(ring, channel, usage, NOTHING_ATTACHED, FILTERS);
        new ChatExecution(dependencies, RULES, System::nanoTime, question(), new Listener()).run();
    }

    private static ResolvedConversation question() {
        return question(List.of(), Conversation.ToolChoice.AUTO);
    }

    private static ResolvedConversation question(List<Conversation.Tool> tools, Conversation.ToolChoice choice) {
        var conversation = new Conversation(
                "gpt-4o", List.of(Message.of(Message.Role.USER, "hi")), tools, choice, Conversation.Options.NONE);
        return new ResolvedConversation(
                conversation, "qwen3-max", ChatType.TEXT, false, OptionalInt.empty(), Optional.empty());
    }

    private record Canned(List<AnswerEvent> events) implements AnswerStream {
        @Override
        public Progress read(Duration timeout, AnswerListener listener) throws UpstreamException {
            if (events.isEmpty()) {
                throw new UpstreamException(Failure.of(FailureKind.BUSY, "overloaded"));
            }
            events.forEach(listener::on);
            return Progress.ENDED;
        }

        @Override
        public void close() {}
    }

    private final class Listener implements AnswerSink {
        @Override
        public void leased(AccountId account) {
            told.add(account.toString());
        }

        @Override
        public void open() {
            told.add("open");
        }

        @Override
        public void on(AnswerEvent event) {
            heard.add(event);
            if (event instanceof Text text && text.text().equals("bye")) {
                throw new ClientGoneException();
            }
        }

        @Override
        public void flush() {}

        @Override
        public void heartbeat() {}

        @Override
        public void fail(Problem problem) {
            told.add("fail");
        }

        @Override
        public void done() {
            told.add("done after " + usage.today(ACCOUNTS));
        }

        @Override
        public boolean clientGone() {
            return false;
        }
    }

    @Test
    void every_account_that_is_tried_is_told_and_the_one_that_answered_is_counted_before_the_end() throws Exception {
        ask(new Text("hello"), new AnswerEvent.Usage(7, 5, 3, 1), new Finished(Finished.Reason.STOP));

        var sums = Map.of(TWO, new Usage(1, 7, 5));
        assertEquals(List.of("account_1", "account_2", "open", "done after " + sums), told);
        assertEquals(
                List.of(new Usage.Key(usage.last(1).to(), TWO, "user-2", "qwen3-max")),
                List.copyOf(usage.last(1).sums().keySet()));
    }

    @Test
    void an_answer_without_its_end_is_not_counted() throws Exception {
        ask(new Text("hello"), new AnswerEvent.Usage(7, 5, 3, 1));

        assertEquals(List.of("account_1", "account_2", "open", "fail"), told);
        assertEquals(Map.of(), usage.today(ACCOUNTS));
    }

    @Test
    void an_answer_whose_client_hung_up_is_not_counted() {
        assertThrows(ClientGoneException.class, () -> ask(new Text("bye"), new Finished(Finished.Reason.STOP)));

        assertEquals(Map.of(), usage.today(ACCOUNTS));
    }
}
