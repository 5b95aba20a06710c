package dev.qwen2api.config;

import dev.qwen2api.config.EnvFile.Reading;
import dev.qwen2api.config.EnvFile.Unusable;
import dev.qwen2api.config.SettingsParser.Accepted;
import dev.qwen2api.config.SettingsParser.Rejected;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a changed {@code .env} while the gateway runs. Events in its folder and a slow poll lead to reading the file;
 * the poll covers what sends no event: writes through a link, a single-file Docker mount, network file systems, a
 * folder that was replaced.
 *
 * <p>Only a readable file with valid settings is applied. Otherwise the current settings stay, and the problem is
 * logged once. No value is ever logged. Thread-safe; the listener is called by one thread at a time.
 */
public final class EnvReloader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EnvReloader.class);
    private static final String STALE = "the host has replaced .env, which this container cannot "
            + "see because the file was mounted by itself: restart the container, and mount the folder instead";

    private final Path file;
    private final Clock clock;
    private final Listener listener;
    private final FileMount mount;
    private final EnvFileWatcher watcher;

    private final Lock lock = new ReentrantLock();
    private final Map<String, String> environment;
    private Reading inForce;
    private Reading seen;
    private volatile Optional<Instant> lastReload = Optional.empty();
    private volatile Optional<String> lastProblem = Optional.empty();
    private final LongAdder applied = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private boolean staleLogged;

    /**
     * What to watch, and how often.
     *
     * @param file need not exist; made absolute
     * @param debounce how long content must be stable before it is applied
     * @param poll interval of readings without any event
     * @param mountTable {@code /proc/self/mountinfo}
     */
    public record Plan(Path file, Duration debounce, Duration poll, Clock clock, Path mountTable) {

        public Plan {
            file = file.toAbsolutePath().normalize();
        }

        /** The intervals of production. */
        public static Plan of(Path file, Clock clock) {
            return new Plan(
                    file, Duration.ofMillis(200), Duration.ofSeconds(5), clock, Path.of("/proc/self/mountinfo"));
        }
    }

    /**
     * Changed settings.
     *
     * @param settings all settings
     * @param changed names of the settings with a new text, never empty
     * @param afterRestart names of those that take effect only after a restart
     * @param warnings one line each about what is odd in the file, without secrets
     */
    public record SettingsChange(
            Settings settings, List<String> changed, List<String> afterRestart, List<String> warnings) {}

    @FunctionalInterface
    public interface Listener {

        /**
         * Applies valid settings. After an exception another {@link #reload()} tries again.
         *
         * @throws UnusableSettingException if one of them cannot be used; its message is the reason then
         */
        void apply(SettingsChange change);
    }

    /**
     * The result of a reload on request.
     *
     * @param changed names of the changed settings; empty if nothing was applied
     * @param problem why nothing was applied; empty if there was nothing new
     */
    public record Result(List<String> changed, Optional<String> problem) {

        public boolean isChanged() {
            return !changed.isEmpty();
        }
    }

    /**
     * The state of the reloader.
     *
     * @param lastReload when settings were last applied after the start
     * @param isWatching whether changes are noticed, even if by polling only
     * @param envPath the file, absolute
     * @param watcherActive whether changes are noticed at once
     * @param lastProblem why the file is not applied, in one line; empty if it is
     */
    public record Status(
            Optional<Instant> lastReload,
            boolean isWatching,
            Path envPath,
            boolean watcherActive,
            Optional<String> lastProblem) {}

    /**
     * Watches nothing before {@link #start()}.
     *
     * @param environment the process environment
     * @param initial the reading that the current settings came from; an unusable one counts as an empty file
     */
    public EnvReloader(Plan plan, Map<String, String> environment, Reading initial, Listener listener) {
        this.file = plan.file();
        this.clock = plan.clock();
        this.listener = listener;
        this.environment = Map.copyOf(environment);
        this.inForce = initial;
        this.seen = initial;
        this.mount = new FileMount(file, plan.mountTable());
        this.watcher = new EnvFileWatcher(file, plan.debounce(), plan.poll(), this::onReading);
    }

    /**
     * Starts watching.
     *
     * @throws IllegalThreadStateException if started before
     */
    public void start() {
        if (mount.isMountPoint()) {
            LOG.info(
                    "[CONFIG] {} is mounted by itself: a save that replaces the file on the host stays unseen here. "
                            + "Mount its folder instead",
                    file);
        }
        watcher.start();
    }

    /** Reads the file now. */
    public Result reload() {
        lock.lock();
        try {
            Result result = apply(EnvFile.read(file));
            return result.isChanged()
                    ? result
                    : new Result(List.of(), result.problem().or(this::stale));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Replaces one cookie in the file and applies the file.
     *
     * @param num counted from 1
     * @param before the text of the cookie in force
     * @return false if the file is not in force, does not hold the cookie or cannot be written; it is then unchanged
     */
    public boolean replaceCookie(int num, String before, String after) {
        lock.lock();
        try {
            return reload().problem().isEmpty()
                    && EnvFileEditor.replaceCookie(file, num, before, after)
                    && reload().problem().isEmpty();
        } finally {
            lock.unlock();
        }
    }

    public Status status() {
        return new Status(lastReload, watcher.isRunning(), file, watcher.isWatching(), lastProblem.or(this::stale));
    }

    /** Returns how often settings were applied since the start. */
    public long applied() {
        return applied.sum();
    }

    /** Returns how often a changed file was refused. */
    public long refused() {
        return refused.sum();
    }

    /** Stops watching and waits for a change that is being applied. Idempotent. */
    @Override
    public void close() {
        watcher.close();
    }

    private void onReading(Reading reading) {
        lock.lock();
        try {
            // A reload may have read a newer one while this waited for the lock; its own event follows.
            if (!seen.equals(reading) && reading.equals(EnvFile.read(file))) {
                LOG.info("[CONFIG] 🔥 检测到 .env 文件变化: {}", file);
                apply(reading);
            }
            boolean stale = mount.isStale();
            if (stale && !staleLogged) {
                LOG.warn("[CONFIG] {}", STALE);
            }
            staleLogged = stale;
        } finally {
            lock.unlock();
        }
    }

    private Result apply(Reading reading) {
        seen = reading;
        if (reading instanceof Unusable unusable) {
            return refuse(List.of(".env " + unusable.message()));
        }
        if (reading.equals(inForce)) {
            return unchanged();
        }
        SettingsParser.Outcome outcome = SettingsParser.parse(reading.values(), environment);
        return outcome instanceof Accepted accepted
                ? apply((EnvFile.Parsed) reading, accepted)
                : refuse(((Rejected) outcome).problems());
    }

    private Result apply(EnvFile.Parsed reading, Accepted accepted) {
        var before = new SettingValues(inForce.values(), environment);
        var after = new SettingValues(reading.values(), environment);
        List<SettingKey> changed = Arrays.stream(SettingKey.values())
                .filter(key -> !after.text(key).equals(before.text(key)))
                .toList();
        List<String> warnings = Stream.concat(reading.warnings().stream(), accepted.warnings().stream())
                .toList();
        if (changed.isEmpty()) {
            inForce = reading;
            warnings.forEach(warning -> LOG.warn("[CONFIG] {}", warning));
            return unchanged();
        }
        return apply(
                reading,
                new SettingsChange(
                        accepted.settings(),
                        changed.stream().map(SettingKey::name).toList(),
                        changed.stream()
                                .filter(SettingKey::needsRestart)
                                .map(SettingKey::name)
                                .toList(),
                        warnings));
    }

    private Result unchanged() {
        LOG.info("[CONFIG] .env holds the current settings; nothing changes");
        lastProblem = Optional.empty();
        return new Result(List.of(), Optional.empty());
    }

    private Result apply(Reading reading, SettingsChange change) {
        try {
            listener.apply(change);
        } catch (UnusableSettingException unusable) {
            return refuse(List.of(String.valueOf(unusable.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("[CONFIG] the new settings could not be applied", e);
            return refuse(List.of(
                    "the new settings could not be applied: " + e.getClass().getSimpleName()));
        }
        inForce = reading;
        applied.increment();
        lastReload = Optional.of(clock.instant());
        lastProblem = Optional.empty();
        return new Result(change.changed(), Optional.empty());
    }

    private Result refuse(List<String> problems) {
        refused.increment();
        problems.forEach(problem -> LOG.error("[CONFIG] ❌ {}", problem));
        LOG.warn("[CONFIG] {} is not applied; the current settings stay", file);
        lastProblem = Optional.of(String.join("; ", problems));
        return new Result(List.of(), lastProblem);
    }

    private Optional<String> stale() {
        return mount.isStale() ? Optional.of(STALE) : Optional.empty();
    }
}
