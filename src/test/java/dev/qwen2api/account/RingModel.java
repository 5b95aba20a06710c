package dev.qwen2api.account;

import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plain model of what the ring promises: who may be leased, and who is out until when. Times are milliseconds. It
 * knows nothing of the ring's classes but their vocabulary.
 */
final class RingModel {

    static final int MAX_CONCURRENT = 3;

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long COOLDOWN = 5 * MINUTE;
    private static final int MAX_FAILURES = 3;

    private static final Set<FailureKind> CONNECTION =
            EnumSet.of(FailureKind.TRUNCATED, FailureKind.BROKEN, FailureKind.UNREACHABLE, FailureKind.SILENT);
    private static final Set<FailureKind> ALWAYS_COSTS = EnumSet.of(
            FailureKind.RATE_LIMITED,
            FailureKind.QUOTA_EXHAUSTED,
            FailureKind.PARALLEL_LIMITED,
            FailureKind.EXPIRED,
            FailureKind.CHALLENGED);
    private static final Set<FailureKind> ENDS_WITH_THE_SESSION =
            EnumSet.of(FailureKind.EXPIRED, FailureKind.CHALLENGED, FailureKind.FORBIDDEN);

    /** What is held against a session or a kind of request. */
    private static final class Place {
        int failures;
        int cooldowns;
        int serial;

        @Nullable
        FailureKind cause;

        long begun;
        long until;

        boolean out(long now, boolean alone) {
            return until(now, alone) > 0;
        }

        /** The end of the running cooldown; 0 when there is none. */
        long until(long now, boolean alone) {
            if (cause == null || now < begun - MINUTE) {
                return 0;
            }
            long end = alone && CONNECTION.contains(cause) ? Math.min(until, begun + 10 * SECOND) : until;
            return now < end ? end : 0;
        }

        void clear() {
            failures = 0;
            cooldowns = 0;
            cause = null;
        }
    }

    /** A user in the ring. */
    static final class User {
        final String name;
        final Place session = new Place();
        final Map<RequestKind, Place> kinds = new EnumMap<>(RequestKind.class);
        final List<Running> running = new ArrayList<>();
        int cookie;
        /** Most at once since the service refused one more. */
        int most = MAX_CONCURRENT;

        long mostSince;

        private int most(long now) {
            return now >= mostSince - MINUTE && now < mostSince + 5 * MINUTE ? most : MAX_CONCURRENT;
        }

        private void refusedOneMore(long now) {
            most = Math.min(most(now), Math.max(1, running.size() / 2));
            mostSince = now;
        }

        User(String name) {
            this.name = name;
            for (RequestKind kind : RequestKind.values()) {
                kinds.put(kind, new Place());
            }
        }

        private List<Place> places(Set<RequestKind> needs) {
            var places = new ArrayList<>(List.of(session));
            needs.forEach(kind -> places.add(kinds.get(kind)));
            return places;
        }

        private List<Place> all() {
            return places(EnumSet.allOf(RequestKind.class));
        }

        private boolean in(Set<RequestKind> needs, long now, boolean alone) {
            return places(needs).stream().noneMatch(place -> place.out(now, alone));
        }
    }

    /** One request over all its attempts. */
    static final class Request {
        final RequestKind kind;
        final Set<RequestKind> needs;
        final Set<RequestKind> charged = EnumSet.noneOf(RequestKind.class);

        Request(RequestKind kind, Set<RequestKind> needs) {
            this.kind = kind;
            this.needs = needs;
        }
    }

    /** One attempt under way. */
    static final class Running {
        final Request request;
        final User user;
        final int cookie;
        final int challenges;
        final Map<Place, Integer> serials = new HashMap<>();

        Running(Request request, User user, int challenges) {
            this.request = request;
            this.user = user;
            this.cookie = user.cookie;
            this.challenges = challenges;
            user.all().forEach(place -> serials.put(place, place.serial));
        }

        private boolean before(Place place) {
            return serials.get(place) < place.serial;
        }
    }

    List<User> ring = new ArrayList<>();
    long now;
    private int challenges;
    private int challengesInARow;
    private int openings;
    private boolean opened;
    private long openedAt;
    private long openUntil;

    private boolean alone(Set<RequestKind> needs) {
        return ring.stream().noneMatch(user -> user.in(needs, now, false));
    }

    /** The end of the breaker's pause; 0 while it lets requests through. */
    long breakerUntil() {
        return opened && now < openUntil && now >= openedAt - MINUTE ? openUntil : 0;
    }

    /** Until when a user is out for requests of one kind, not counting what is held against the session. */
    long outUntil(User user, RequestKind kind) {
        return user.kinds.get(kind).until(now, alone(Set.of(kind)));
    }

    /** Until when a user is out for chats. */
    long outUntil(User user) {
        boolean alone = alone(Set.of(RequestKind.CHAT));
        return Math.max(
                user.session.until(now, alone), user.kinds.get(RequestKind.CHAT).until(now, alone));
    }

    boolean mayLease(User user, Set<RequestKind> needs) {
        if (breakerUntil() > 0 || !user.in(needs, now, alone(needs)) || user.running.size() >= user.most(now)) {
            return false;
        }
        for (Running trial : user.running) {
            boolean sinceSession = user.session.cause != null && !trial.before(user.session);
            boolean sinceKind = needs.stream()
                    .filter(trial.request.needs::contains)
                    .map(user.kinds::get)
                    .anyMatch(place -> place.cause != null && !trial.before(place));
            if (sinceSession || sinceKind) {
                return false;
            }
        }
        return true;
    }

    Running begin(Request request, User user) {
        var running = new Running(request, user, challenges);
        user.running.add(running);
        return running;
    }

    void succeed(Running ended) {
        if (ended.cookie == ended.user.cookie) {
            for (Place place : ended.user.places(ended.request.needs)) {
                if (place.cause == null || !ended.before(place)) {
                    place.clear();
                }
            }
        }
        if (ended.challenges == challenges) {
            closeBreaker();
        }
    }

    void fail(Running ended, FailureKind kind, boolean atUpload, long asked) {
        RequestKind scope = atUpload ? RequestKind.UPLOAD : ended.request.kind;
        boolean free = !ALWAYS_COSTS.contains(kind) && !ended.request.charged.add(scope);
        if (ended.cookie != ended.user.cookie) {
            return;
        }
        boolean challenge = kind == FailureKind.CHALLENGED && scope != RequestKind.UPLOAD;
        if (kind == FailureKind.PARALLEL_LIMITED) {
            ended.user.refusedOneMore(now);
        }
        if (!free) {
            Place place = kind == FailureKind.EXPIRED || challenge ? ended.user.session : ended.user.kinds.get(scope);
            charge(place, kind, asked, place.cause != null && ended.before(place));
        }
        if (challenge) {
            challenge(ended);
        }
    }

    private void charge(Place place, FailureKind kind, long asked, boolean late) {
        switch (kind) {
            case BUSY, UNKNOWN, EMPTY, TRUNCATED, BROKEN, SILENT -> {
                if (!late) {
                    place.failures++;
                    if (place.failures >= MAX_FAILURES || place.cause != null) {
                        place.cooldowns++;
                        coolDown(place, kind, doubled(COOLDOWN, place.cooldowns), late);
                    }
                }
            }
            case PARALLEL_LIMITED -> coolDown(place, kind, asked > 0 ? Math.min(asked, 24 * HOUR) : 5 * SECOND, late);
            case RATE_LIMITED, QUOTA_EXHAUSTED -> {
                place.failures++;
                if (asked == 0 && !late) {
                    place.cooldowns++;
                }
                coolDown(
                        place, kind, asked > 0 ? Math.min(asked, 24 * HOUR) : doubled(COOLDOWN, place.cooldowns), late);
            }
            case EXPIRED -> coolDown(place, kind, HOUR, late);
            case FORBIDDEN -> {
                if (!late) {
                    place.failures++;
                    coolDown(place, kind, place.cause == FailureKind.FORBIDDEN ? 24 * HOUR : COOLDOWN, late);
                }
            }
            case CHALLENGED -> {
                place.failures++;
                if (!late) {
                    place.cooldowns++;
                }
                coolDown(place, kind, doubled(30 * SECOND, place.cooldowns), late);
            }
            case MODERATED, MODEL_GONE, TOO_LONG, BAD_INPUT, UNREACHABLE, UNFIT -> {}
        }
    }

    private static long doubled(long first, int n) {
        return Math.min(HOUR, first << Math.min(Math.max(n - 1, 0), 12));
    }

    private void coolDown(Place place, FailureKind kind, long time, boolean late) {
        boolean earlyTrial = place.cause != null && CONNECTION.contains(place.cause) && !late;
        if (place.out(now, false) && place.until > now + time && !earlyTrial) {
            return;
        }
        place.cause = kind;
        place.begun = now;
        place.until = now + time;
        place.serial++;
    }

    private void challenge(Running ended) {
        if (ended.challenges == challenges) {
            challenges++;
            challengesInARow++;
            if (challengesInARow >= 3) {
                openings++;
                opened = true;
                openedAt = now;
                openUntil = now + doubled(30 * SECOND, openings);
            }
        }
    }

    private void closeBreaker() {
        challengesInARow = 0;
        openings = 0;
        opened = false;
    }

    void end(Running ended) {
        ended.user.running.remove(ended);
    }

    /** The session was renewed, or the owner copied a newer one. */
    void freshSession(User user, boolean copied) {
        if (copied) {
            user.cookie++;
        }
        user.all().stream()
                .filter(place -> place.cause != null && ENDS_WITH_THE_SESSION.contains(place.cause))
                .forEach(Place::clear);
    }

    void reset(User user) {
        user.most = MAX_CONCURRENT;
        user.all().forEach(Place::clear);
        closeBreaker();
    }

    void restart() {
        closeBreaker();
        for (User user : ring) {
            user.running.clear();
            user.most = MAX_CONCURRENT;
            user.all().forEach(place -> place.until = Math.min(place.until, now + 24 * HOUR));
        }
    }
}
