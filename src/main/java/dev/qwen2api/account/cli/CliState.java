package dev.qwen2api.account.cli;

import java.util.Locale;

/** What an account can do on the CLI channel. */
public enum CliState {
    /** It has no credential yet, or its credential is dead and another has not been asked for. */
    NONE,
    /** It has a credential. */
    READY,
    /** It has a credential whose quota is used up. */
    LIMITED,
    /** The service refuses to give it a credential, or to take the one it gave. */
    UNSUPPORTED;

    /** The word for it outside. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
