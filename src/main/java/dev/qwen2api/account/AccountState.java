package dev.qwen2api.account;

import java.util.Locale;

/** The state of an account as the owner sees it. */
public enum AccountState {
    /** In the ring. */
    ACTIVE,
    /** Out for a while after several failures. */
    COOLING,
    /** Its quota is used up, or it is asked to slow down. */
    LIMITED,
    /** Its session is dead and could not be renewed. */
    EXPIRED,
    /** The service asks for a human check. */
    CHALLENGED,
    /** Refused by the service as banned. */
    DISABLED;

    /** The name on the wire, for example {@code active}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
