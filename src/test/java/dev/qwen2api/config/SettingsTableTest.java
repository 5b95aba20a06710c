package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.SettingsParser.Accepted;
import dev.qwen2api.config.SettingsParser.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the tables of {@code docs/settings.md} with {@code .env.example} and the code, values included. */
class SettingsTableTest {

    private static final String ENGLISH = "docs/settings.md";
    private static final String CHINESE = "docs/settings.zh-CN.md";

    private static final Pattern ROW = Pattern.compile("\\| `([A-Z_]+)`( ¹)? \\| (.*?) \\| (.*?) \\| .* \\|");
    private static final Pattern RANGE = Pattern.compile("`(\\d+)`–`(\\d+)`");
    private static final Pattern WORDS = Pattern.compile("`([A-Za-z01]+)`(?:(?:, |、)`([A-Za-z01]+)`)+");
    private static final Pattern QUOTED = Pattern.compile("`([^`]*)`");

    /**
     * A row of the table.
     *
     * @param name the setting
     * @param restart whether it is marked as needing a restart
     * @param fallback the second column, with its backticks
     * @param values the third column, with its backticks
     */
    private record Row(String name, boolean restart, String fallback, String values) {

        /** The numbers next to the range, outside and inside. */
        Map<String, Boolean> samples() {
            var samples = new LinkedHashMap<String, Boolean>();
            Matcher range = RANGE.matcher(values);
            if (range.matches()) {
                long low = Long.parseLong(range.group(1));
                long high = Long.parseLong(range.group(2));
                samples.put(Long.toString(low), true);
                samples.put(Long.toString(high), true);
                samples.put(Long.toString(low - 1), false);
                samples.put(Long.toString(high + 1), false);
            } else if (WORDS.matcher(values).matches()) {
                words().forEach(word -> samples.put(word, true));
                samples.put("no-such-word", false);
            }
            return samples;
        }

        private List<String> words() {
            return QUOTED.matcher(values).results().map(match -> match.group(1)).toList();
        }

        /** The range as {@code .env.example} writes it. */
        Optional<String> range() {
            Matcher range = RANGE.matcher(values);
            return range.matches() ? Optional.of(range.group(1) + " to " + range.group(2)) : Optional.empty();
        }
    }

    private static List<Row> rows(String file) throws IOException {
        return ROW.matcher(Files.readString(Path.of(file)))
                .results()
                .map(row -> new Row(row.group(1), row.group(2) != null, row.group(3), row.group(4)))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGLISH, CHINESE})
    void every_setting_has_one_row_in_the_order_of_the_code(String file) throws IOException {
        assertEquals(
                Arrays.stream(SettingKey.values()).map(Enum::name).toList(),
                rows(file).stream().map(Row::name).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGLISH, CHINESE})
    void defaults_and_restarts_are_those_of_the_code(String file) throws IOException {
        for (Row row : rows(file)) {
            SettingKey key = SettingKey.valueOf(row.name());
            assertEquals(key.needsRestart(), row.restart(), row.name());
            boolean quoted = row.fallback().equals("`" + key.fallback() + "`");
            boolean described = !row.fallback().contains("`")
                    && (key.fallback().length() > 60 || key.fallback().isEmpty());
            assertTrue(quoted || described, row.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGLISH, CHINESE})
    void the_values_of_the_table_are_accepted_and_those_beyond_are_refused(String file) throws IOException {
        var wrong = new ArrayList<String>();
        int tried = 0;
        for (Row row : rows(file)) {
            for (Map.Entry<String, Boolean> sample : row.samples().entrySet()) {
                tried++;
                var values = Map.of("API_KEY", "sk-0123456789", row.name(), sample.getKey());
                boolean accepted = SettingsParser.parse(values, Map.of()) instanceof Accepted;
                if (accepted != sample.getValue()) {
                    wrong.add(row.name() + "=" + sample.getKey() + (accepted ? " is accepted" : " is refused"));
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(tried > 90, "only " + tried + " values were tried");
    }

    @Test
    void the_refusal_of_a_wrong_word_lists_the_words_of_the_table() throws IOException {
        for (Row row : rows(ENGLISH)) {
            if (row.samples().containsKey("no-such-word")
                    && !SettingKey.valueOf(row.name()).equals(SettingKey.CHAT_PREWARM)) {
                var values = Map.of("API_KEY", "sk-0123456789", row.name(), "no-such-word");
                Rejected refused = assertInstanceOf(Rejected.class, SettingsParser.parse(values, Map.of()));
                String line = refused.problems().get(0);
                String allowed = line.substring(line.indexOf("allowed: ") + "allowed: ".length());
                assertEquals(row.words(), Arrays.asList(allowed.split(", | or ")), row.name());
            }
        }
    }

    @Test
    void both_languages_have_the_same_defaults_and_values() throws IOException {
        Function<Row, String> facts = row -> row.name() + row.restart() + quoted(row.fallback()) + row.samples();
        assertEquals(
                rows(ENGLISH).stream().map(facts).toList(),
                rows(CHINESE).stream().map(facts).toList());
    }

    private static List<String> quoted(String cell) {
        return QUOTED.matcher(cell).results().map(match -> match.group(1)).toList();
    }

    @Test
    void the_example_names_the_same_ranges_words_and_restarts() throws IOException {
        String example = Files.readString(Path.of(".env.example"));
        for (Row row : rows(ENGLISH)) {
            String comment = comment(example, row.name());
            if (row.range().isPresent()) {
                assertTrue(comment.contains(row.range().get()), row + " is not in: " + comment);
            } else if (!row.samples().isEmpty()) {
                row.words()
                        .forEach(word -> assertTrue(
                                Pattern.compile("\\b" + word + "\\b")
                                        .matcher(comment)
                                        .find(),
                                row + " is not in: " + comment));
            }
            assertEquals(row.restart(), comment.contains("(restart)") && comment.contains("（需重启）"), comment);
        }
    }

    /** The comment lines above a setting, up to the empty line before them. */
    private static String comment(String example, String name) {
        MatchResult line = Pattern.compile("(?m)^(?:# )?" + name + "=")
                .matcher(example)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in .env.example"));
        String before = example.substring(0, line.start());
        return Arrays.stream(before.substring(before.lastIndexOf("\n\n") + 2).split("\n"))
                .collect(Collectors.joining(" "));
    }
}
