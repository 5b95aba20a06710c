package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

/**
 * What a script of checks printed: {@code ok NAME} or {@code not ok NAME: WHY} for each, and {@code done} at its end.
 *
 * @param lines the lines
 */
record NodeChecks(List<String> lines) {

    void assertOk(String check) {
        assertTrue(lines.contains("ok " + check), () -> findings(check));
    }

    /** Asserts that the script came to its end and ran no other checks than these. */
    void assertOnly(String... checks) {
        List<String> unknown = lines.stream()
                .filter(line -> line.startsWith("ok ") || line.startsWith("not ok "))
                .map(line -> line.replaceFirst("^(not )?ok ", "").replaceFirst(":.*", ""))
                .filter(name -> !List.of(checks).contains(name))
                .toList();
        assertEquals(List.of(), unknown);
        assertEquals("done", lines.get(lines.size() - 1));
    }

    private String findings(String check) {
        return lines.stream()
                .filter(line -> line.startsWith("not ok " + check))
                .findFirst()
                .orElseGet(() -> "no word about it; the script said:\n" + String.join("\n", lines));
    }
}
