package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One cookie of {@code .env} replaced, and nothing else. */
class EnvFileEditorTest {

    private static final String NEW = "token=new; ssxmod_itna=\"9\"; c=1,2";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** Each text with the second cookie between brackets, which the editor does not see. */
    static List<String> files() {
        return List.of(
                "# mine\nAPI_KEY=sk-1 # key\nQWEN_COOKIES=\"token=one; a=1,[token=two; b=2],token=three\" # three\nLOG_LEVEL=INFO\n",
                "QWEN_COOKIES=token=one,[token=two; b=2]\r\nAPI_KEY=sk-1\r\n",
                "\uFEFFQWEN_COOKIES=token=one,[token=two; b=2]\nAPI_KEY=sk-1\n",
                "\uFEFF  export QWEN_COOKIES=\"token=one,[token=two; b=2]\"\nAPI_KEY=sk-1\n",
                "QWEN_COOKIES=\"\n  token=one,\n  [token=two; b=2],\n  token=twofold; b=2\n\"\nAPI_KEY=sk-1",
                "#QWEN_COOKIES=token=two; b=2\nAPI_KEY=sk-1\nQWEN_COOKIES=token=one,[token=two; b=2]",
                "QWEN_COOKIES=token=one,token=two; b=2\nQWEN_COOKIES=token=one,[token=two; b=2]\nAPI_KEY=sk-1\n",
                "QWEN_COOKIES='token=one\n[token=two; b=2]\ntoken=three'\nAPI_KEY=sk-1\n");
    }

    @ParameterizedTest
    @MethodSource("files")
    void the_second_cookie_is_replaced_where_it_stands(String marked) {
        String text = marked.replace("[", "").replace("]", "");
        String edited = EnvFileEditor.edit(text, 2, "token=two; b=2", NEW).orElseThrow();
        String expected = marked.replaceFirst("\\[[^]]*]", NEW.replace("$", "\\$"));
        assertEquals(expected, edited.replace("\\\"", "\""));
    }

    @Test
    void a_bare_token_and_a_cookie_over_two_lines_are_found() {
        assertEquals(
                Optional.of("QWEN_COOKIES=token=new,token=x\nAPI_KEY=k\n"),
                EnvFileEditor.edit(
                        "QWEN_COOKIES=eyJhbGciOiJub25lIn0.eyJpZCI6ImEifQ.,token=x\nAPI_KEY=k\n",
                        1,
                        "token=eyJhbGciOiJub25lIn0.eyJpZCI6ImEifQ.",
                        "token=new"));
        assertEquals(
                Optional.of("QWEN_COOKIES=\"token=new\"\nAPI_KEY=k\n"),
                EnvFileEditor.edit("QWEN_COOKIES=\"token=one\nb=2\"\nAPI_KEY=k\n", 1, "token=one; b=2", "token=new"));
    }

    @Test
    void another_cookie_of_that_text_or_none_changes_nothing() {
        String text = "API_KEY=k\nQWEN_COOKIES=token=one,token=two\n";
        assertEquals(Optional.empty(), EnvFileEditor.edit(text, 1, "token=two", "token=new"));
        assertEquals(Optional.empty(), EnvFileEditor.edit(text, 3, "token=three", "token=new"));
        assertEquals(Optional.empty(), EnvFileEditor.edit("API_KEY=k\n", 1, "token=one", "token=new"));
        assertEquals(Optional.empty(), EnvFileEditor.edit(text, 1, "token=one", "token=two"), "two cookies alike");
    }

    @Test
    void the_file_keeps_its_mode_and_its_link_and_leaves_nothing_beside_it() throws IOException {
        Path real = Files.createDirectory(folder.resolve("etc")).resolve("real.env");
        Files.writeString(real, "API_KEY=k\nQWEN_COOKIES=token=one\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve(".env"), real);

        assertTrue(EnvFileEditor.replaceCookie(link, 1, "token=one", "token=new"));

        assertEquals("API_KEY=k\nQWEN_COOKIES=token=new\n", Files.readString(real));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(real)));
        try (Stream<Path> there = Files.list(folder.resolve("etc"))) {
            assertEquals(List.of(real), there.toList());
        }
    }

    @Test
    void a_file_that_is_missing_stays_so() {
        assertFalse(EnvFileEditor.replaceCookie(folder.resolve("none"), 1, "token=one", "token=new"));
    }
}
