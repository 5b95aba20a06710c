package dev.qwen2api.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Inputs as the targets need them. Where an input is cut depends on the input alone, so that a finding repeats. */
public final class Pieces {

    /** Separates the parts of an input that has several. */
    private static final char SEPARATOR = '\u0001';

    private Pieces() {}

    public static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    /** The first {@code count} parts of an input; those that are missing are empty. */
    public static List<String> parts(byte[] input, int count) {
        var parts = new ArrayList<>(List.of(text(input).split(String.valueOf(SEPARATOR), count)));
        while (parts.size() < count) {
            parts.add("");
        }
        return parts;
    }

    /** The text in pieces of one to eight characters. */
    public static List<String> cut(String text) {
        var random = new Random(text.hashCode());
        var pieces = new ArrayList<String>();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(8));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }

    /** The bytes in pieces of one to 32 bytes. */
    public static List<ByteBuffer> cut(byte[] bytes) {
        var random = new Random(Arrays.hashCode(bytes));
        var pieces = new ArrayList<ByteBuffer>();
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, 1 + random.nextInt(32));
            pieces.add(ByteBuffer.wrap(bytes, from, length).slice());
            from += length;
        }
        return pieces;
    }
}
