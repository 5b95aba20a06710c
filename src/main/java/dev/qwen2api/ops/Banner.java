package dev.qwen2api.ops;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.SessionExpiry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The start-up message: version, address, accounts and a first request.
 *
 * @param address the listen address
 * @param port the actual port
 * @param dataFile the database
 * @param keyCommand sets {@code API_KEY} in the shell of the owner; from {@link #keyCommand}
 */
public record Banner(
        String version, String address, int port, List<AccountStatus> accounts, String dataFile, String keyCommand) {

    private static final int ACCOUNTS_NAMED = 10;

    /** Returns the lines, without secrets. */
    public List<String> lines(Instant now) {
        String base = "http://" + reachable() + ":" + port;
        var lines = new ArrayList<String>();
        lines.add("Qwen2API " + version + " on Java " + Runtime.version().feature() + ", listening on " + address + ":"
                + port);
        lines.add("data file: " + dataFile);
        lines.add(
                accounts.isEmpty()
                        ? "accounts: none yet. Put the cookie of a signed-in browser into QWEN_COOKIES in .env; chats answer 503 until then"
                        : "accounts: " + accounts.size());
        accounts.stream().limit(ACCOUNTS_NAMED).forEach(status -> lines.add("  " + describe(status, now)));
        if (accounts.size() > ACCOUNTS_NAMED) {
            lines.add("  … and " + (accounts.size() - ACCOUNTS_NAMED) + " more");
        }
        lines.add("dashboard: " + base + "/ (sign in with a key of API_KEY, or with ADMIN_KEY where it is set)");
        lines.add("your key: " + keyCommand);
        lines.add(
                "first request: curl " + base + "/v1/chat/completions -H \"Authorization: Bearer $API_KEY\""
                        + " -H 'Content-Type: application/json'"
                        + " -d '{\"model\":\"qwen-max\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'");
        return lines;
    }

    /**
     * A line for a shell that sets {@code API_KEY} to the first key, without showing it.
     *
     * @param env {@code .env}; empty if the key comes from the environment of the process
     */
    public static String keyCommand(Optional<Path> env) {
        return env.map(file -> "export API_KEY=\"$(export LC_ALL=C; tr -d '\\357\\273\\277\\r' <'"
                        + file.toString().replace("'", "'\\''")
                        + "' | grep -E '^[[:blank:]]*(export[[:blank:]]+)?API_KEY[[:blank:]]*='"
                        + " | tail -n 1 | sed 's/^[^=]*=//; s/[[:blank:]]#.*//' | cut -d, -f1"
                        + " | tr -d \"\\\"'[:blank:]\")\"")
                .orElse("export API_KEY=... (the one that the gateway was started with)");
    }

    private String reachable() {
        boolean anywhere = address.equals("0.0.0.0") || address.equals("::") || address.isEmpty();
        String host = anywhere ? "127.0.0.1" : address;
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static String describe(AccountStatus status, Instant now) {
        Account account = status.account();
        String left = account.credential()
                .expires()
                .map(end -> left(end, now, account.credential().isRenewable()))
                .orElse("token without an expiry date");
        Optional<String> reason = status.reason();
        return account.id() + ": " + status.state().wire() + ", " + left
                + reason.map(why -> " (" + why + ")").orElse("");
    }

    private static String left(Instant end, Instant now, boolean renewable) {
        Duration left = Duration.between(now, end);
        if (left.isNegative() || left.isZero()) {
            return renewable ? "token expired, renewed at the next request" : "token expired";
        }
        return "token valid for " + SessionExpiry.spelled(left);
    }
}
