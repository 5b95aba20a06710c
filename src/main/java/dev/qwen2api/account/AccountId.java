package dev.qwen2api.account;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The number of an account, 1 to 999999, without leading zeros. Logs and errors name an account only as {@code
 * account_3}.
 *
 * @param num the number as the owner writes it
 */
public record AccountId(int num) implements Comparable<AccountId> {

    /** The official key of the CLI channel, which belongs to no account. */
    public static final AccountId OFFICIAL_KEY = new AccountId(0);

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,5}");

    public AccountId {
        if (num < 0 || num > 999_999) {
            throw new IllegalArgumentException("account number out of range: " + num);
        }
    }

    /** Reads a number such as {@code "3"}; empty when it is none. */
    public static Optional<AccountId> parse(String num) {
        return NUMBER.matcher(num).matches() ? Optional.of(new AccountId(Integer.parseInt(num))) : Optional.empty();
    }

    @Override
    public int compareTo(AccountId other) {
        return Integer.compare(num, other.num);
    }

    @Override
    public String toString() {
        return num == 0 ? "CLI_API_KEY" : "account_" + num;
    }
}
