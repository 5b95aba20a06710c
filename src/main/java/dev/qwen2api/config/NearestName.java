package dev.qwen2api.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name closest to a mistyped one. */
public final class NearestName {

    private NearestName() {}

    /** Returns the name with the smallest edit distance, if at most a third of its letters differ. */
    static Optional<String> of(String typed, Collection<String> known) {
        String upper = typed.toUpperCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.comparingInt(name -> distance(upper, name)))
                .filter(name -> distance(upper, name) <= Math.max(1, name.length() / 3));
    }

    /** Returns the Levenshtein distance: letters to insert, delete or replace. */
    public static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                current[j] = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
