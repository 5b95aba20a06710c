package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Fault.Effect;
import dev.qwen2api.fakeqwen.Fault.Shape;
import java.util.List;
import java.util.Optional;

/**
 * The faults that hit one request, sorted by where they take effect.
 *
 * @param instead what happens instead of an answer
 * @param shapes changes of the stream's steps
 * @param wire changes of the body's bytes
 * @param dress further headers
 */
record Strike(Optional<Effect> instead, List<Shape> shapes, Wire wire, List<Effect.Dress> dress) {
    private static final Strike NONE = of(List.of());

    static Strike none() {
        return NONE;
    }

    static Strike of(List<Effect> effects) {
        Wire wire = Wire.none();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Bend bend) {
                wire = bend.change().apply(wire);
            }
        }
        Optional<Effect> instead = effects.stream()
                .filter(e -> e instanceof Effect.Say || e instanceof Effect.Hang || e instanceof Effect.Break)
                .findFirst();
        List<Shape> shapes = only(effects, Effect.Reshape.class).stream()
                .map(Effect.Reshape::shape)
                .toList();
        return new Strike(instead, shapes, wire, only(effects, Effect.Dress.class));
    }

    List<Step> shaped(Frames frames, List<Step> steps) {
        List<Step> out = steps;
        for (Shape shape : shapes) {
            out = shape.apply(frames, out);
        }
        return out;
    }

    Reply dressed(Reply plain) {
        Reply reply = wire.type().map(plain::type).orElse(plain);
        for (Effect.Dress line : dress) {
            reply = reply.header(line.name(), line.value());
        }
        return reply;
    }

    private static <T extends Effect> List<T> only(List<Effect> effects, Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
