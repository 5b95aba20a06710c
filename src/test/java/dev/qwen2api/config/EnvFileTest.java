package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.EnvFile.Parsed;
import dev.qwen2api.config.EnvFile.Reason;
import dev.qwen2api.config.EnvFile.Unusable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which people write a line of {@code .env}, and what it must mean. */
class EnvFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private static final String V = "token=aaa; ssxmod_itna=x#y=,token=bbb; ssxmod_itna=yyy";
    private static final String PLAIN = V.replace("#", "");

    /** The file, the value of A that it must give, and a word of the warning; an empty one is no warning at all. */
    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("A=" + V, V, "#"),
                Arguments.of("A='" + V + "'", V, "single quotes"),
                Arguments.of("A=\"" + V + "\"", V, ""),
                Arguments.of("A=" + PLAIN, PLAIN, ""),
                Arguments.of("A=" + PLAIN + "\r", PLAIN, ""),
                Arguments.of("A=\"" + V + "\"\r", V, ""),
                Arguments.of("A='" + V + "'\r", V, "single quotes"),
                Arguments.of("A=" + PLAIN + "  # comment", PLAIN, ""),
                Arguments.of("A=" + V + "  # comment", V, "#"),
                Arguments.of("A=\"" + V + "\" # comment", V, ""),
                Arguments.of("A=\"" + V + "\" # say \"hi\"", V, ""),
                Arguments.of("A='" + V + "' # comment", V, "single quotes"),
                Arguments.of("A='" + V + "' # it's", V, "single quotes"),
                Arguments.of("A=abc#def", "abc#def", "#"),
                Arguments.of("A=`x#y`", "`x#y`", "#"),
                Arguments.of("A=#abc", "#abc", "#"),
                Arguments.of("A= #abc", "", ""),
                Arguments.of("A=abc\t# comment", "abc", ""),
                Arguments.of("A=\"token=aaa; s=x#1,\ntoken=bbb; s=y\"", "token=aaa; s=x#1,\ntoken=bbb; s=y", ""),
                Arguments.of("A=\"token=aaa; s=x,\r\ntoken=bbb; s=y\"\r", "token=aaa; s=x,\ntoken=bbb; s=y", ""),
                Arguments.of("A='token=aaa; s=x,\ntoken=bbb; s=y'", "token=aaa; s=x,\ntoken=bbb; s=y", "single quotes"),
                Arguments.of("A=\"\n token=aaa,\n\n token=bbb\n\"", "\n token=aaa,\n\n token=bbb\n", ""),
                Arguments.of("A=\"say \\\"hi\\\"\"", "say \"hi\"", ""),
                Arguments.of("A=\"{\\\"k\\\": \\\"#v\\\"}\" # c", "{\"k\": \"#v\"}", ""),
                Arguments.of("A=\"a\\nb\"", "a\\nb", ""),
                Arguments.of("A=\"C:\\logs\\\"", "C:\\logs\\", ""),
                Arguments.of("A=\"token=a; x=\"q#q\"; y=1\"", "token=a; x=\"q#q\"; y=1", ""),
                Arguments.of("A='{\"k\":\"v\"}'", "{\"k\":\"v\"}", "single quotes"),
                Arguments.of("A={\"k\":\"v\"}", "{\"k\":\"v\"}", ""),
                Arguments.of("A=token=a; x=\"q\"", "token=a; x=\"q\"", ""),
                Arguments.of("export A=1", "1", ""),
                Arguments.of("  export  A=\"1\"", "1", ""),
                Arguments.of("A = 1 ", "1", ""),
                Arguments.of("\uFEFFA=1", "1", ""),
                Arguments.of("A=${B}y", "${B}y", ""),
                Arguments.of("A=1\nA=2", "2", "before in line 1"),
                Arguments.of("A=", "", ""),
                Arguments.of("A=\"\"", "", ""),
                Arguments.of("A=''", "", "single quotes"),
                Arguments.of("A=\"  x  \"", "  x  ", ""),
                Arguments.of("A=\"x\"   ", "x", ""),
                Arguments.of("A= \"x#y\"", "x#y", ""),
                Arguments.of("A=100%25 of %22x%22", "100%25 of %22x%22", ""),
                Arguments.of("A=\"%0A%%\"", "%0A%%", ""),
                Arguments.of("A=中文 键", "中文 键", ""),
                Arguments.of("  # indented comment\n////\n\n \t \nA=1", "1", "line 2"),
                Arguments.of("A=1\rC=2", "1", ""));
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("values")
    void a_line_means_what_its_writer_meant(String text, String value, String warning) {
        Parsed parsed = parsed(text + "\nNEXT=1\n");

        assertEquals(value, parsed.values().get("A"));
        assertEquals("1", parsed.values().get("NEXT"));
        assertEquals(
                warning.isEmpty() ? 0 : 1,
                parsed.warnings().size(),
                () -> parsed.warnings().toString());
        parsed.warnings().forEach(line -> assertTrue(line.contains(warning), line));
    }

    @ParameterizedTest
    @MethodSource("values")
    void a_file_without_a_last_line_break_is_read_alike(String text, String value) {
        assertEquals(value, parsed(text).values().get("A"));
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("values")
    void a_file_means_the_same_as_its_text_whether_the_library_reads_it_or_not(String text, String value)
            throws IOException {
        Path file = directory.resolve(".env");
        Files.writeString(file, text + "\nNEXT=1\n");

        Parsed parsed = assertInstanceOf(Parsed.class, EnvFile.read(file));

        assertEquals(value, parsed.values().get("A"));
        assertEquals("1", parsed.values().get("NEXT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JUSTAWORD",
                "a:b=SECRET",
                "=SECRET",
                "Cookie: token=SECRET",
                "eyJhbGciOiJIUzI1NiJ9.SECRET.x=",
                "token=SECRET; ssxmod_itna=y",
                "ssxmod_itna=SECRET",
                "cookie=SECRET",
                "AbCdEfSECRET0123=",
                "-H 'Cookie: SECRET'",
            })
    void a_line_that_is_no_setting_is_left_out_with_a_hint_that_shows_nothing_of_it(String line) {
        Parsed parsed = parsed("A=1\n" + line + "\nB=2\n");

        assertEquals(Map.of("A", "1", "B", "2"), parsed.values());
        assertEquals(1, parsed.warnings().size());
        String warning = parsed.warnings().get(0);
        assertTrue(warning.startsWith("line 2: "), warning);
        assertTrue(warning.contains("quote"), warning);
        assertFalse(warning.contains("SECRET"), warning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OK=1\nA=\"SECRET never closed",
                "OK=1\nA='SECRET never closed\nand more",
                "OK=1\nA=\"SECRET never closed\nSERVICE_PORT=3000\nLOG_DIR=\"x\"\n",
                "OK=1\nA=\"SECRET never closed\n# SERVICE_PORT=\"3000\"\n",
                "OK=1\nA=\"SECRET never closed\nUNKNOWN=\"3000\"\n",
                "OK=1\nA=\"SECRET\" and more",
                "OK=1\nA=SECRET\"",
            })
    void a_quote_without_its_partner_is_a_failure_that_names_line_and_key(String text) {
        Unusable unusable = unusable(text);

        assertEquals(Reason.MALFORMED, unusable.reason());
        assertTrue(unusable.message().startsWith("line 2: A "), unusable.message());
        assertTrue(unusable.message().contains("quote"), unusable.message());
        assertFalse(unusable.message().contains("SECRET"), unusable.message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# only\n#comments\n", "\uFEFF", "JUSTAWORD\n"})
    void a_file_without_a_setting_is_no_configuration(String text) {
        assertEquals(Reason.EMPTY, unusable(text).reason());
    }

    @Test
    void a_file_that_is_not_utf8_is_refused() {
        byte[] latin = "A=caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] wide = "A=1\n".getBytes(StandardCharsets.UTF_16LE);
        byte[] wideWithMark = {(byte) 0xff, (byte) 0xfe, 'A', 0};

        assertAll(
                () -> assertEquals(Reason.NOT_UTF8, unusable(latin).reason()),
                () -> assertEquals(Reason.NOT_UTF8, unusable(wide).reason()),
                () -> assertEquals(Reason.NOT_UTF8, unusable(wideWithMark).reason()));
    }

    @Test
    void a_long_value_is_read_whole() {
        String value = "x#\"y\\".repeat(50_000) + "z";

        assertEquals(value, parsed("A=\"" + value + "\"").values().get("A"));
    }

    @Test
    void a_huge_file_is_refused() {
        assertEquals(Reason.TOO_LARGE, unusable("A=" + "x".repeat(1 << 20)).reason());
    }

    @Test
    void entries_keep_the_order_of_the_file_and_cannot_be_changed() {
        Parsed parsed = parsed("Z=1\nB=2\nA=3\nB=4\n");

        assertEquals(List.of("Z", "B", "A"), List.copyOf(parsed.values().keySet()));
        assertEquals("4", parsed.values().get("B"));
        assertThrows(UnsupportedOperationException.class, () -> parsed.values().clear());
    }

    @Test
    void the_process_environment_does_not_shine_through() {
        assertEquals("/from/the/file", parsed("PATH=/from/the/file\n").values().get("PATH"));
        assertEquals(Map.of("A", "1"), parsed("A=1").values());
    }

    @Test
    void a_result_that_is_logged_shows_names_alone() {
        assertEquals("Parsed[A, B]", parsed("A=one\nB=two\n").toString());
    }

    @Test
    void equal_bytes_have_equal_fingerprints() {
        assertEquals(parsed("A=1").digest(), parsed("A=1").digest());
        assertNotEquals(parsed("A=1").digest(), parsed("A=1\n").digest());
        assertNotEquals("", unusable("").digest());
    }

    @Test
    void a_file_is_read_from_disk(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve(".env"), "A=\"1\"\n");

        Parsed parsed = assertInstanceOf(Parsed.class, EnvFile.read(file));

        assertEquals(Map.of("A", "1"), parsed.values());
    }

    @Test
    void a_link_is_followed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("real"), "A=1\n");
        Path link = Files.createSymbolicLink(folder.resolve(".env"), file);

        assertInstanceOf(Parsed.class, EnvFile.read(link));
    }

    @Test
    void what_is_no_readable_file_is_told_apart(@TempDir Path folder) throws IOException {
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));

        assertAll(
                () -> assertEquals(Reason.MISSING, reason(folder.resolve(".env"))),
                () -> assertEquals(Reason.MISSING, reason(dangling)),
                () -> assertEquals(Reason.DIRECTORY, reason(folder)),
                () -> assertEquals(Reason.UNREADABLE, reason(Path.of("/dev/zero"))));
    }

    @Test
    void the_environment_names_the_file() {
        assertEquals(Path.of("./.env"), EnvFile.locate(Map.of()));
        assertEquals(Path.of("./.env"), EnvFile.locate(Map.of("ENV_FILE", " ")));
        assertEquals(Path.of("/app/config/.env"), EnvFile.locate(Map.of("ENV_FILE", "/app/config/.env")));
    }

    private static Reason reason(Path path) {
        return assertInstanceOf(Unusable.class, EnvFile.read(path)).reason();
    }

    private static Parsed parsed(String text) {
        return assertInstanceOf(Parsed.class, EnvFile.parse(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Unusable unusable(String text) {
        return unusable(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Unusable unusable(byte[] bytes) {
        return assertInstanceOf(Unusable.class, EnvFile.parse(bytes));
    }
}
