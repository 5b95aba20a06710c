package dev.qwen2api.fakeqwen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Something that goes wrong, and for whom. It does nothing until it is placed into the {@link FaultPlan}. Immutable.
 *
 * <p>The faults themselves are listed in {@link ProblemResponses}, {@link StreamFaults}, {@link WireFaults} and {@link
 * PortalFaults}.
 *
 * <p>Unless aimed elsewhere it strikes the web completions of every account, again and again. Texts are counted in
 * frames that carry text, bytes in body bytes before chunked coding. Refusals come before the request is looked at;
 * stream and byte faults bend the answer that the script gives.
 */
public final class Fault {
    private final List<Effect> effects;
    private final Aim aim;

    /** Changes the steps of a stream. */
    interface Shape extends BiFunction<Frames, List<Step>, List<Step>> {}

    /** One kind of harm. */
    sealed interface Effect {
        /** No harm at all. */
        record Pass() implements Effect {}

        /** Another reply instead. */
        record Say(Function<Request, Reply> reply) implements Effect {}

        /** Silence, not even a status line. */
        record Hang() implements Effect {}

        /** A reset before the first byte. */
        record Break() implements Effect {}

        /** A stream of other frames. */
        record Reshape(Shape shape) implements Effect {}

        /** Other bytes on the wire. */
        record Bend(UnaryOperator<Wire> change) implements Effect {}

        /** One more header. */
        record Dress(String name, String value) implements Effect {}
    }

    /** Whom it strikes: after so many matching requests were let through, so many times. */
    record Aim(Set<Endpoint> endpoints, Predicate<Request> condition, int after, int times) {
        boolean fits(Endpoint endpoint, Request request) {
            return endpoints.contains(endpoint) && condition.test(request);
        }
    }

    private Fault(List<Effect> effects, Aim aim) {
        this.effects = effects;
        this.aim = aim;
    }

    static Fault of(Effect effect) {
        return new Fault(List.of(effect), new Aim(Set.of(Endpoint.COMPLETIONS), request -> true, 0, Integer.MAX_VALUE));
    }

    static Fault say(Function<Request, Reply> reply) {
        return of(new Effect.Say(reply));
    }

    static Fault shape(Shape shape) {
        return of(new Effect.Reshape(shape));
    }

    static Fault bend(UnaryOperator<Wire> change) {
        return of(new Effect.Bend(change));
    }

    List<Effect> effects() {
        return effects;
    }

    Aim aim() {
        return aim;
    }

    /** Strikes these routes instead of completions. */
    public Fault on(Endpoint... endpoints) {
        return new Fault(effects, new Aim(Set.of(endpoints), aim.condition(), aim.after(), aim.times()));
    }

    /** Strikes one account only. */
    public Fault forAccount(String userId) {
        return when(request -> request.userId().filter(userId::equals).isPresent());
    }

    /** Strikes only requests that fit. */
    public Fault when(Predicate<Request> condition) {
        return new Fault(effects, new Aim(aim.endpoints(), aim.condition().and(condition), aim.after(), aim.times()));
    }

    /** Strikes once. */
    public Fault once() {
        return times(1);
    }

    /** Strikes so many times. */
    public Fault times(int times) {
        return new Fault(effects, new Aim(aim.endpoints(), aim.condition(), aim.after(), times));
    }

    /** Lets so many matching requests through first. */
    public Fault afterRequests(int count) {
        return new Fault(effects, new Aim(aim.endpoints(), aim.condition(), count, aim.times()));
    }

    /** Both at once, aimed as this one. */
    public Fault and(Fault other) {
        List<Effect> both = new ArrayList<>(effects);
        both.addAll(other.effects);
        return new Fault(List.copyOf(both), aim);
    }

    /** Adds a header to whatever is answered, such as {@code retry-after}. */
    public Fault withHeader(String name, String value) {
        return and(of(new Effect.Dress(name, value)));
    }
}
