package dev.qwen2api.upstream.qwen.upload;

import dev.qwen2api.account.Account;
import dev.qwen2api.upstream.qwen.upload.UploadCache.UploadStore.Upload;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which files lie at the upstream already, so that the same bytes go up once for an account. Thread-safe. */
public final class UploadCache {

    /** Beyond it the one that was put in first is forgotten. */
    private static final int MOST = 1_000;

    /** A link is not used in its last moments: an answer has to begin before it ends. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private final UploadStore store;
    private final Clock clock;
    private final Map<Key, Upload> known = new LinkedHashMap<>();

    private record Key(String user, String sha256, String name) {}

    public UploadCache(UploadStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Brings back what an earlier run uploaded. Called once, before anything is looked for. */
    public synchronized void start() {
        store.load(clock.instant()).forEach(upload -> known.put(key(upload), upload));
    }

    private static Key key(Upload upload) {
        return new Key(upload.user(), upload.sha256(), upload.name());
    }

    private static String user(Account account) {
        return account.credential().userId().orElseGet(() -> account.id().toString());
    }

    synchronized Optional<String> find(Account account, String sha256, String name) {
        Instant latest = clock.instant().plus(MARGIN);
        return Optional.ofNullable(known.get(new Key(user(account), sha256, name)))
                .filter(upload -> upload.until().isAfter(latest))
                .map(Upload::file);
    }

    synchronized void put(Account account, String sha256, String name, String file, Instant until) {
        Instant now = clock.instant();
        known.values().removeIf(upload -> !upload.until().isAfter(now));
        if (known.size() >= MOST) {
            known.remove(known.keySet().iterator().next());
        }
        var upload = new Upload(user(account), sha256, name, file, until);
        known.put(key(upload), upload);
        store.save(upload);
    }

    /** Remembers which files lie at the upstream, over a restart. Thread-safe; saving never blocks. */
    public interface UploadStore {

        /**
         * A file that was uploaded.
         *
         * @param user the upstream's user whose file it is
         * @param sha256 lower-case hex of its bytes' digest
         * @param name the file name it went up under
         * @param file what requests refer to it with: JSON text
         * @param until when the upstream's link to it ends
         */
        record Upload(String user, String sha256, String name, String file, Instant until) {}

        /** Those whose links have not ended at {@code now}; the others are forgotten. */
        List<Upload> load(Instant now);

        void save(Upload upload);
    }
}
