package dev.qwen2api.account;

import java.time.LocalDate;
import java.util.Comparator;

/**
 * A number of answers and their tokens. Immutable; sums are made with {@link #plus}.
 *
 * @param requests answers that came to their end
 * @param input tokens read
 * @param output tokens written, thinking included
 */
public record Usage(long requests, long input, long output) {

    public static final Usage NONE = new Usage(0, 0, 0);

    public Usage {
        if (requests < 0 || input < 0 || output < 0) {
            throw new IllegalArgumentException("negative usage");
        }
    }

    /**
     * What a sum is of. Ordered by day, account, model.
     *
     * @param day in the zone of the machine
     * @param account the number that it had under
     * @param user the upstream's id of the user; empty where the token names none
     * @param model the upstream's own id of it
     */
    public record Key(LocalDate day, AccountId account, String user, String model) implements Comparable<Key> {

        private static final Comparator<Key> ORDER = Comparator.comparing(Key::day)
                .thenComparing(Key::account)
                .thenComparing(Key::model)
                .thenComparing(Key::user);

        /** Whether it counts for {@code present}: by user, since the owner may give a number to another user. */
        boolean isOf(Account present) {
            return user.isEmpty()
                    ? account.equals(present.id())
                    : present.credential().userId().filter(user::equals).isPresent();
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    public Usage plus(Usage more) {
        return new Usage(requests + more.requests, input + more.input, output + more.output);
    }

    /** The larger of each number, for two sums of the same key, which only grow. */
    public Usage atLeast(Usage other) {
        return new Usage(
                Math.max(requests, other.requests), Math.max(input, other.input), Math.max(output, other.output));
    }

    /** Tokens in both directions. */
    public long tokens() {
        return input + output;
    }
}
