package dev.qwen2api.account;

import dev.qwen2api.failure.RequestKind;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs one line when an account goes out of the ring, and one when it is back. Immutable. */
final class HealthLog {

    private static final Logger LOG = LoggerFactory.getLogger(HealthLog.class);

    private final String suffix;

    /** @param channel names the channel of the ring; empty for the web */
    HealthLog(String channel) {
        this.suffix = channel.isEmpty() ? "" : " on the " + channel + " channel";
    }

    /** Compares the health of an account before and after a change. */
    void changed(AccountId account, AccountHealth before, AccountHealth after) {
        compare(account, "all requests", before.session(), after.session());
        for (RequestKind kind : RequestKind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT) + " requests";
            compare(account, name, before.of(kind), after.of(kind));
        }
    }

    private void compare(AccountId account, String requests, HealthState before, HealthState after) {
        if (after.cooldown().isPresent() && !after.cooldown().equals(before.cooldown())) {
            Cooldown now = after.cooldown().get();
            boolean known = before.cooldown()
                    .filter(old -> old.state() == now.state() && !old.isOver(now.begun()))
                    .isPresent();
            if (!known) {
                LOG.warn(
                        "[ACCOUNT] {} is out for {}{} until {}: {} ({})",
                        account,
                        requests,
                        suffix,
                        now.until(),
                        now.reason(),
                        now.state().wire());
            }
        } else if (before.cooldown().isPresent() && after.cooldown().isEmpty()) {
            LOG.info("[ACCOUNT] {} is back for {}{}", account, requests, suffix);
        }
    }
}
