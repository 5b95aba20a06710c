package dev.qwen2api.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the names that a mistyped one may stand for, by Levenshtein distance. */
public final class SimilarNames {

    private static final int LONGEST_COMPARED = 64;

    private SimilarNames() {}

    /** The {@code count} names nearest to {@code typed}, nearest first; upper and lower case are the same. */
    public static List<String> of(String typed, Collection<String> known, int count) {
        String wanted = comparable(typed);
        return known.stream()
                .sorted(Comparator.comparingInt((String name) -> distance(wanted, comparable(name)))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(count)
                .toList();
    }

    /** The nearest name, where at most a third of its letters would have to change. */
    static Optional<String> likely(String typed, Collection<String> known) {
        return of(typed, known, 1).stream()
                .filter(name -> distance(comparable(typed), comparable(name)) <= Math.max(1, name.length() / 3))
                .findFirst();
    }

    private static String comparable(String name) {
        return name.substring(0, Math.min(name.length(), LONGEST_COMPARED)).toLowerCase(Locale.ROOT);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
