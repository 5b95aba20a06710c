package dev.qwen2api.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the setting that somebody meant who wrote another name. */
final class NearestName {

    private NearestName() {}

    /** The setting with the fewest letters to change, where those are at most a third of the name. */
    static Optional<SettingKey> of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return Arrays.stream(SettingKey.values())
                .min(Comparator.comparingInt(key -> distance(upper, key.name())))
                .filter(key ->
                        distance(upper, key.name()) <= Math.max(1, key.name().length() / 3));
    }

    /** Levenshtein's distance: letters to add, take away or change. */
    private static int distance(String from, String to) {
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
