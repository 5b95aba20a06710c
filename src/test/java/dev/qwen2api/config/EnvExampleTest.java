package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.EnvFile.Parsed;
import dev.qwen2api.config.SettingsParser.Accepted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example is what people start from, so it is held against the code. */
class EnvExampleTest {

    private static final Path EXAMPLE = Path.of(".env.example");
    private static final Pattern COMMENTED_OUT = Pattern.compile("(?m)^# ([A-Z_]+=)");
    private static final Pattern COMMENTED_EXAMPLE = Pattern.compile("\\(example\\)[^\\n]*\\n# [^\\n]*\\n# ([A-Z_]+)=");

    @Test
    void the_example_is_a_configuration_without_anything_odd() throws IOException {
        Parsed parsed = parsed(Files.readString(EXAMPLE));

        assertEquals(
                List.of("API_KEY", "QWEN_COOKIES"), List.copyOf(parsed.values().keySet()));
        assertEquals(List.of(), parsed.warnings());
        List<String> warnings = accepted(parsed.values()).warnings();
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).startsWith("API_KEY is the one of the example"), warnings.get(0));
    }

    @Test
    void it_names_every_setting_in_the_order_of_the_code_and_nothing_else() throws IOException {
        Parsed parsed = parsed(uncommented());

        assertEquals(
                Arrays.stream(SettingKey.values()).map(Enum::name).toList(),
                List.copyOf(parsed.values().keySet()));
        assertEquals(List.of(), parsed.warnings());
    }

    @Test
    void with_every_line_taken_in_it_is_still_a_configuration() throws IOException {
        assertEquals(1, accepted(parsed(uncommented()).values()).warnings().size());
    }

    @Test
    void what_it_shows_as_a_default_is_the_default() throws IOException {
        Map<String, String> shown = parsed(uncommented()).values();

        for (SettingKey key : SettingKey.values()) {
            if (!key.fallback().isEmpty()) {
                assertEquals(key.fallback(), shown.get(key.name()), key.name());
            }
        }
    }

    @Test
    void what_has_no_default_is_marked_as_an_example() throws IOException {
        List<String> marked = COMMENTED_EXAMPLE
                .matcher(Files.readString(EXAMPLE))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertEquals(List.of("ADMIN_KEY", "MODEL_MAP", "CLI_API_KEY", "PROXY_URL", "QWEN_EXTRA_HEADERS"), marked);
    }

    private static String uncommented() throws IOException {
        return COMMENTED_OUT.matcher(Files.readString(EXAMPLE)).replaceAll("$1");
    }

    private static Parsed parsed(String text) {
        return assertInstanceOf(Parsed.class, EnvFile.parse(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Accepted accepted(Map<String, String> values) {
        return assertInstanceOf(Accepted.class, SettingsParser.parse(values, Map.of()));
    }
}
