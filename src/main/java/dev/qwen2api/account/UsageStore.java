package dev.qwen2api.account;

import java.time.LocalDate;
import java.util.Map;
import java.util.function.Supplier;

/** Stores usage sums. Thread-safe; only {@link #load} waits for the disk. */
public interface UsageStore {

    /** What is kept cannot be read at present. */
    final class NotReadException extends Exception {

        private static final long serialVersionUID = 1L;

        public NotReadException(String message, Throwable cause) {
            super(message, cause);
        }
    }

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
