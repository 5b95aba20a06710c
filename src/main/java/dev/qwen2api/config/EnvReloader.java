package dev.qwen2api.config;

import dev.qwen2api.config.EnvFile.Reading;
import dev.qwen2api.config.EnvFileState.Bad;
import dev.qwen2api.config.EnvFileState.Better;
import dev.qwen2api.config.EnvFileState.NoSetting;
import dev.qwen2api.config.EnvFileState.Verdict;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a changed {@code .env} in force while the gateway runs. Any event in its folder, and a slow poll behind that, lead
 * to reading the file; what counts is its content. The poll is what sees a write through a link, a file that Docker
 * mounted by itself, a network file system, and a folder that went away and came back. Content is judged once it has
 * stayed the same for the debounce time, so that no half-written file is.
 *
 * <p>Only a readable file with valid settings is put in force. Otherwise what is in force stays, and the problem is
 * logged once, not at every poll. No value is ever logged.
 *
 * <p>Thread-safe. The listener is called by one thread at a time: the reloader's own, or that of {@link #reload()}.
 */
public final class EnvReloader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EnvReloader.class);
    private static final String STALE =
            "the host has put another file in the place of .env, which this container cannot "
                    + "see because the file was mounted by itself: restart the container, and mount the folder instead";

    private final Path file;
    private final Clock clock;
    private final Listener listener;
    private final FileMount mount;
    private final EnvFileWatcher patrol;

    private final Lock lock = new ReentrantLock();
    private final EnvFileState state;
    private volatile Optional<Instant> lastReload = Optional.empty();
    private volatile Optional<String> lastProblem = Optional.empty();
    private final LongAdder applied = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private boolean staleTold;

    /**
     * What to watch, and how patiently.
     *
     * @param file the file, which need not exist; made absolute
     * @param debounce how long content must stay the same before it counts
     * @param poll how often the content is looked at without any event
     * @param clock tells when a reload was
     * @param mountTable {@code /proc/self/mountinfo}
     */
    public record Plan(Path file, Duration debounce, Duration poll, Clock clock, Path mountTable) {

        public Plan {
            file = file.toAbsolutePath().normalize();
        }

        /** The patience of production. */
        public static Plan of(Path file, Clock clock) {
            return new Plan(
                    file, Duration.ofMillis(200), Duration.ofSeconds(5), clock, Path.of("/proc/self/mountinfo"));
        }
    }

    /** Puts settings in force. */
    @FunctionalInterface
    public interface Listener {

        /** Called with settings that were checked. An exception leaves the change open for another {@link #reload()}. */
        void apply(SettingsChange change);
    }

    /**
     * What a reload by hand came to.
     *
     * @param changed names of the settings that were changed; empty when nothing was put in force
     * @param problem why nothing was; empty also when there was simply nothing new
     */
    public record Result(List<String> changed, Optional<String> problem) {

        /** Whether something was put in force. */
        public boolean isChanged() {
            return !changed.isEmpty();
        }
    }

    /**
     * How things stand.
     *
     * @param lastReload when settings were last put in force after the start
     * @param isWatching whether changes will be noticed, be it by poll alone
     * @param envPath the file, absolute
     * @param watcherActive whether they will be noticed at once
     * @param lastProblem why the file is not what is in force, in one line; empty when it is
     */
    public record Status(
            Optional<Instant> lastReload,
            boolean isWatching,
            Path envPath,
            boolean watcherActive,
            Optional<String> lastProblem) {}

    /**
     * Does nothing before {@link #start()} but a reload by hand.
     *
     * @param environment the process environment, behind the file
     * @param inForce the reading from which the settings in force were made
     */
    public EnvReloader(Plan plan, Map<String, String> environment, Reading inForce, Listener listener) {
        this.file = plan.file();
        this.clock = plan.clock();
        this.listener = listener;
        this.state = new EnvFileState(Map.copyOf(environment), inForce);
        this.mount = new FileMount(file, plan.mountTable());
        this.patrol = new EnvFileWatcher(plan, this::take);
    }

    /**
     * Begins to watch, once.
     *
     * @throws IllegalThreadStateException when it was started before
     */
    public void start() {
        if (mount.isMountPoint()) {
            LOG.info(
                    "[CONFIG] {} is mounted by itself: a save that replaces the file on the host stays unseen here. "
                            + "Mount its folder instead",
                    file);
        }
        patrol.start();
    }

    /** Reads the file now, whatever was watched. */
    public Result reload() {
        lock.lock();
        try {
            Result result = settle(state.judge(EnvFile.read(file)));
            return result.isChanged()
                    ? result
                    : new Result(List.of(), result.problem().or(this::stale));
        } finally {
            lock.unlock();
        }
    }

    /** How things stand. */
    public Status status() {
        return new Status(lastReload, patrol.isRunning(), file, patrol.isWatching(), lastProblem.or(this::stale));
    }

    /** How often new settings were put in force since the start. */
    public long applied() {
        return applied.sum();
    }

    /** How often a changed file could not be put in force. */
    public long refused() {
        return refused.sum();
    }

    /** Ends the watching, and waits for a change that is being put in force. Further calls do nothing. */
    @Override
    public void close() {
        patrol.close();
    }

    private void take(Reading reading) {
        lock.lock();
        try {
            if (!state.hasSeen(reading)) {
                LOG.info("[CONFIG] 🔥 检测到 .env 文件变化: {}", file);
                settle(state.judge(reading));
            }
            boolean stale = mount.isStale();
            if (stale && !staleTold) {
                LOG.warn("[CONFIG] {}", STALE);
            }
            staleTold = stale;
        } finally {
            lock.unlock();
        }
    }

    private Result settle(Verdict verdict) {
        if (verdict instanceof Bad bad) {
            return refuse(bad.problems());
        }
        if (verdict instanceof Better better) {
            return apply(better);
        }
        if (verdict instanceof NoSetting same) {
            state.apply(same.parsed());
            same.warnings().forEach(warning -> LOG.warn("[CONFIG] {}", warning));
        }
        LOG.info("[CONFIG] .env says what is in force already; nothing changes");
        lastProblem = Optional.empty();
        return new Result(List.of(), Optional.empty());
    }

    private Result apply(Better better) {
        try {
            listener.apply(better.change());
        } catch (RuntimeException e) {
            LOG.error("[CONFIG] the new settings could not be put in force", e);
            return refuse(List.of("the new settings could not be put in force: "
                    + e.getClass().getSimpleName()));
        }
        state.apply(better.parsed());
        applied.increment();
        lastReload = Optional.of(clock.instant());
        lastProblem = Optional.empty();
        return new Result(better.change().changed(), Optional.empty());
    }

    private Result refuse(List<String> problems) {
        refused.increment();
        problems.forEach(problem -> LOG.error("[CONFIG] ❌ {}", problem));
        LOG.warn("[CONFIG] {} is not put in force; the settings stay as they are", file);
        lastProblem = Optional.of(String.join("; ", problems));
        return new Result(List.of(), lastProblem);
    }

    private Optional<String> stale() {
        return mount.isStale() ? Optional.of(STALE) : Optional.empty();
    }
}
