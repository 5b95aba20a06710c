package dev.qwen2api.account;

import dev.qwen2api.account.AccountStore.NotReadException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts requests and tokens by day, account and model. A day is a calendar day of the clock's zone. Nine days are in
 * memory, older ones are read from the store. Thread-safe; counting never waits for the disk.
 */
public final class UsageRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(UsageRecorder.class);

    /** How many days are kept, today included. */
    static final int DAYS_KEPT = 400;

    /**
     * By how many days at once the clock may go ahead. When it goes further, nothing is forgotten until the next day:
     * it may be wrong for a moment. Today's sums stay in memory meanwhile.
     */
    static final int DAYS_BELIEVED = 7;

    /**
     * More models than the service has had: without its catalogue it judges names by itself, and that must not grow
     * for ever.
     */
    private static final int MODELS_TOLD = 200;

    private static final String OTHER_MODELS = "other";

    private final Clock clock;
    private final UsageStore store;
    private final ConcurrentHashMap<Usage.Key, Usage> sums = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<String, Usage> sinceStart = new ConcurrentSkipListMap<>();
    private final AtomicReference<LocalDate> newest;

    /**
     * What was counted in some days in a row.
     *
     * @param from the first of them
     * @param to the last of them, today
     * @param sums in the order of their keys
     */
    public record Report(LocalDate from, LocalDate to, SortedMap<Usage.Key, Usage> sums) {}

    /**
     * Begins with nothing counted.
     *
     * @param clock its zone decides when a day ends
     */
    public UsageRecorder(Clock clock, UsageStore store) {
        this.clock = clock;
        this.store = store;
        this.newest = new AtomicReference<>(today());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), clock.getZone());
    }

    /** Goes on with what was counted today before a restart. Called once, before anything is counted. */
    public void resume() {
        LocalDate today = today();
        try {
            store.load(firstInMemory(today)).forEach((key, kept) -> sums.merge(key, kept, Usage::plus));
            if (sums.keySet().stream().anyMatch(key -> isBelievable(key.day(), today))) {
                store.forget(firstKept(today));
            }
        } catch (NotReadException unreadable) {
            LOG.warn(
                    "[SQLITE] kept usage could not be read; today is counted from now on: {}", unreadable.getMessage());
        }
    }

    private static LocalDate firstKept(LocalDate today) {
        return today.minusDays(DAYS_KEPT - 1L);
    }

    private static LocalDate firstInMemory(LocalDate today) {
        return today.minusDays(DAYS_BELIEVED + 1L);
    }

    /** Whether the clock may go from one day to the other at once. */
    private static boolean isBelievable(LocalDate from, LocalDate to) {
        return !to.isBefore(from) && !to.isAfter(from.plusDays(DAYS_BELIEVED));
    }

    /**
     * Counts one answer, today.
     *
     * @param model the upstream's own id of the model
     * @param input tokens read
     * @param output tokens written
     */
    public void count(Account account, String model, long input, long output) {
        count(account.id(), account.credential().userId(), model, input, output);
    }

    /** The same for a user who is known by another credential. */
    public void count(AccountId account, Optional<String> user, String model, long input, long output) {
        LocalDate today = today();
        var key = new Usage.Key(today, account, user.orElse(""), model);
        var answer = new Usage(1, input, output);
        sums.merge(key, answer, Usage::plus);
        boolean named = sinceStart.containsKey(model) || sinceStart.size() < MODELS_TOLD;
        sinceStart.merge(named ? model : OTHER_MODELS, answer, Usage::plus);
        store.save(key, () -> sums.getOrDefault(key, Usage.NONE));
        LocalDate before = newest.getAndAccumulate(today, UsageRecorder::newest);
        if (today.isAfter(before) && isBelievable(before, today)) {
            forgetOldDays(today);
        }
    }

    /** The later day, unless the clock was far ahead before. */
    private static LocalDate newest(LocalDate before, LocalDate today) {
        return isBelievable(today, before) ? before : today;
    }

    private void forgetOldDays(LocalDate today) {
        for (Usage.Key key : sums.keySet()) {
            if (key.day().isBefore(firstInMemory(today))) {
                Usage last = sums.getOrDefault(key, Usage.NONE);
                store.save(key, () -> last);
                sums.remove(key);
            }
        }
        store.forget(firstKept(today));
    }

    /** What was answered since the start, by model: unlike the sums of a day it only grows. */
    public Map<String, Usage> sinceStart() {
        return new TreeMap<>(sinceStart);
    }

    /**
     * What the users of these accounts have done today, under any number; accounts that have done nothing are not in
     * it.
     */
    public Map<AccountId, Usage> today(Collection<Account> accounts) {
        LocalDate today = today();
        var byAccount = new HashMap<AccountId, Usage>();
        sums.forEach((key, sum) -> {
            if (key.day().equals(today)) {
                accounts.stream().filter(key::isOf).forEach(account -> byAccount.merge(account.id(), sum, Usage::plus));
            }
        });
        return byAccount;
    }

    /**
     * What was counted in the last days.
     *
     * @param days how many, today included, at least 1
     * @throws NotReadException when the older ones cannot be read at present
     */
    public Report last(int days) throws NotReadException {
        LocalDate to = today();
        LocalDate from = to.minusDays(days - 1L);
        var found = new TreeMap<>(store.load(from));
        sums.forEach((key, sum) -> {
            if (!key.day().isBefore(from)) {
                found.merge(key, sum, Usage::atLeast);
            }
        });
        found.keySet().removeIf(key -> key.day().isAfter(to));
        return new Report(from, to, found);
    }

    /** Stores usage sums. Thread-safe; only {@link #load} waits for the disk. */
    public interface UsageStore {

        /**
         * Everything kept from that day on.
         *
         * @throws NotReadException when it cannot be read
         */
        Map<Usage.Key, Usage> load(LocalDate from) throws NotReadException;

        /**
         * Keeps one sum soon. It is the whole sum, not what was added, so that writing it twice counts nothing twice.
         *
         * @param sum called when it is written, by another thread; must not block
         */
        void save(Usage.Key key, Supplier<Usage> sum);

        /** Forgets, soon, every day before that one. */
        void forget(LocalDate before);
    }
}
