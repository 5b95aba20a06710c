package dev.qwen2api.chat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The aspect ratios in which the service generates pictures and videos. */
enum AspectRatio {
    SQUARE(1, 1),
    PORTRAIT(3, 4),
    LANDSCAPE(4, 3),
    WIDE(16, 9),
    TALL(9, 16),
    PHOTO_PORTRAIT(2, 3),
    PHOTO_LANDSCAPE(3, 2);

    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})\\s*[:xX*]\\s*([1-9]\\d{0,4})");

    private final int width;
    private final int height;

    AspectRatio(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** The upstream's spelling, for example {@code 16:9}. */
    String wire() {
        return width + ":" + height;
    }

    /** The ratio nearest to a size such as {@code 16:9} or {@code 1024x768}; empty when it is no size. */
    static Optional<AspectRatio> nearest(String size) {
        Matcher matcher = SIZE.matcher(size.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        double wanted = Math.log((double) Integer.parseInt(matcher.group(1)) / Integer.parseInt(matcher.group(2)));
        return Arrays.stream(values())
                .min(Comparator.comparingDouble(
                        ratio -> Math.abs(Math.log((double) ratio.width / ratio.height) - wanted)));
    }

    static String all() {
        return Arrays.stream(values()).map(AspectRatio::wire).collect(Collectors.joining(", "));
    }
}
