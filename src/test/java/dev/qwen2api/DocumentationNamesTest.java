package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The classes and tests that the documentation names exist under these names. */
class DocumentationNamesTest {

    /** A class of the project in backticks, perhaps with a nested type or, for a test, the beginning of a method. */
    private static final Pattern NAME = Pattern.compile(
            "`([A-Z][a-z]+(?:[A-Z][a-z]*)*(?:IT|Test)?)(?:\\.([A-Z][a-z]+(?:[A-Z][a-z]*)*))?(?:\\.([a-z_]+)…)?`");

    /** Names in backticks that are not ours. */
    private static final List<String> FOREIGN = List.of("AutoCloseable", "Dockerfile");

    @ParameterizedTest
    @ValueSource(strings = {"docs/reliability.md", "docs/performance.md", "docs/design.md", "CONTRIBUTING.md"})
    void every_class_and_test_that_is_named_exists(String page) throws IOException {
        Map<String, Path> sources = sources();
        var missing = new ArrayList<String>();
        for (MatchResult name :
                NAME.matcher(Files.readString(Path.of(page))).results().toList()) {
            Path source = sources.get(name.group(1));
            if (FOREIGN.contains(name.group(1))) {
                continue;
            }
            String nested = name.group(2);
            String start = name.group(3);
            String code = source == null ? "" : Files.readString(source);
            if (source == null
                    || nested != null && !code.matches("(?s).*\\b(class|record|enum|interface) " + nested + "\\b.*")
                    || start != null && !code.contains(" void " + start)) {
                missing.add(name.group());
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(sources.size() > 300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/errors.md", "docs/errors.zh-CN.md"})
    void every_code_of_a_problem_is_explained(String page) throws IOException {
        String text = Files.readString(Path.of(page));
        List<ProblemKind> missing = Stream.of(ProblemKind.values())
                .filter(kind -> text.lines()
                        .noneMatch(row -> row.startsWith("| ")
                                && row.contains(String.valueOf(kind.status()))
                                && row.contains("`" + kind.code() + "`")))
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void the_repository_and_the_image_have_the_name_that_the_installer_uses() throws IOException {
        Matcher name = Pattern.compile("repository=\\$\\{QWEN2API_REPOSITORY:-(.+)}")
                .matcher(Files.readString(Path.of("scripts/get")));
        assertTrue(name.find());
        for (String english : DocumentationPage.bilingual()) {
            for (var page : List.of(new DocumentationPage(english), new DocumentationPage(english).inChinese())) {
                Matcher used = Pattern.compile("(?:ghcr\\.io/|github\\.com/)((?!open-webui/|Rfym21)[\\w-]+/[\\w-]+)")
                        .matcher(page.text());
                used.results().forEach(each -> assertEquals(name.group(1), each.group(1), page.path()));
            }
        }
    }

    private static Map<String, Path> sources() throws IOException {
        var sources = new HashMap<String, Path>();
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file -> sources.put(file.getFileName().toString().replace(".java", ""), file));
        }
        return sources;
    }
}
