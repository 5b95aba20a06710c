package dev.qwen2api.chat;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names that someone who mistyped one may have meant. */
final class SimilarNames {

    private static final int LONGEST_COMPARED = 64;

    private SimilarNames() {}

    /** The {@code count} names with the smallest edit distance to {@code typed}, nearest first. */
    static List<String> of(String typed, List<String> known, int count) {
        String wanted = head(typed.toLowerCase(Locale.ROOT));
        return known.stream()
                .sorted(Comparator.comparingInt((String name) -> distance(wanted, head(name.toLowerCase(Locale.ROOT))))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(count)
                .toList();
    }

    private static String head(String text) {
        return text.length() <= LONGEST_COMPARED ? text : text.substring(0, LONGEST_COMPARED);
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
