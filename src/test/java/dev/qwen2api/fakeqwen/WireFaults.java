package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Fault.Effect;
import dev.qwen2api.fakeqwen.Wire.Cut;
import java.util.Arrays;

/** Spoilt connections and bodies, on any route. Bytes are counted in the body, before chunked coding. */
public final class WireFaults {
    private WireFaults() {}

    /** The connection is reset before the first byte. */
    public static Fault resetBeforeFirstByte() {
        return Fault.of(new Effect.Break());
    }

    /** The request is read and never answered. */
    public static Fault silentBeforeHeaders() {
        return Fault.of(new Effect.Hang());
    }

    /** The connection is reset at this body byte. */
    public static Fault resetAtByte(long n) {
        return Fault.bend(wire -> wire.cut(n, Cut.RESET));
    }

    /** The body ends at this byte as if it were complete. */
    public static Fault endAtByte(long n) {
        return Fault.bend(wire -> wire.cut(n, Cut.END));
    }

    /** The connection is closed at this body byte, without a proper end of the body. */
    public static Fault dropAtByte(long n) {
        return Fault.bend(wire -> wire.cut(n, Cut.DROP));
    }

    /** Nothing comes after this body byte, though the connection stays. */
    public static Fault stallAtByte(long n) {
        return Fault.bend(wire -> wire.cut(n, Cut.STALL));
    }

    /** The body is sent in pieces of these sizes, the last size repeating; each is a chunk and a packet of its own. */
    public static Fault splitAt(Integer... sizes) {
        return Fault.bend(wire -> wire.split(Arrays.asList(sizes)));
    }

    /** Every byte of the body alone. */
    public static Fault oneByteAtATime() {
        return splitAt(1);
    }

    /** Compressed although nobody asked for it. */
    public static Fault gzipUnasked() {
        return Fault.bend(Wire::gzipped);
    }

    /** Another content type around the right body. */
    public static Fault wrongContentType(String type) {
        return Fault.bend(wire -> wire.claiming(type));
    }
}
