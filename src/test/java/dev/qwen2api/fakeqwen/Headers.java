package dev.qwen2api.fakeqwen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * HTTP header lines in the order they came, names in lower case.
 *
 * @param lines name and value pairs
 */
public record Headers(List<Line> lines) {
    /** One header line. */
    public record Line(String name, String value) {}

    /** Copies the list. */
    public Headers {
        lines = List.copyOf(lines);
    }

    /** No headers. */
    public static Headers none() {
        return new Headers(List.of());
    }

    /** These headers and one more line at the end. */
    public Headers with(String name, String value) {
        List<Line> more = new ArrayList<>(lines);
        more.add(new Line(name.toLowerCase(Locale.ROOT), value));
        return new Headers(more);
    }

    /** The first value of a header. */
    public Optional<String> first(String name) {
        for (Line line : lines) {
            if (line.name().equalsIgnoreCase(name)) {
                return Optional.of(line.value());
            }
        }
        return Optional.empty();
    }

    /** Every value of a header. */
    public List<String> all(String name) {
        return lines.stream()
                .filter(line -> line.name().equalsIgnoreCase(name))
                .map(Line::value)
                .toList();
    }

    /** Whether a header is there and not blank. */
    public boolean has(String name) {
        return first(name).filter(value -> !value.isBlank()).isPresent();
    }
}
