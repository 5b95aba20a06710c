package dev.qwen2api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation, by its path below the root of the source tree. */
record DocumentationPage(String path) {

    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern LINK = Pattern.compile("(?:\\]\\(|src=\")([^)\"\\s]+)[)\"]");

    /** The pages that exist in both languages, by their English paths. */
    static List<String> bilingual() {
        return List.of(
                "README.md",
                "docs/api.md",
                "docs/backup.md",
                "docs/cli.md",
                "docs/clients.md",
                "docs/errors.md",
                "docs/first-start.md",
                "docs/operations.md",
                "docs/settings.md");
    }

    /** Every page, in whatever language. */
    static List<DocumentationPage> everyOne() throws IOException {
        try (Stream<Path> top = Files.list(Path.of(""));
                Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(top, docs)
                    .map(Path::toString)
                    .filter(file -> file.endsWith(".md"))
                    .sorted()
                    .map(DocumentationPage::new)
                    .toList();
        }
    }

    DocumentationPage inChinese() {
        return new DocumentationPage(path.replaceFirst("\\.md$", ".zh-CN.md"));
    }

    String text() throws IOException {
        return Files.readString(Path.of(path));
    }

    /** The fenced blocks of this language. */
    List<String> blocks(String language) throws IOException {
        return FENCE.matcher(text())
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** The commands of all {@code bash} blocks, in order: lines without their comments, continued lines joined. */
    List<String> commands() throws IOException {
        return blocks("bash").stream()
                .flatMap(block -> block.replace("\\\n", "").lines())
                .map(line -> line.replaceFirst("\\s+# .*$", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** The headings, as GitHub makes anchors of them. */
    List<String> anchors() throws IOException {
        return text().lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase())
                .map(line -> line.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
                .toList();
    }

    /** The targets of links and pictures. */
    List<String> links() throws IOException {
        Matcher link = LINK.matcher(FENCE.matcher(text()).replaceAll(""));
        return link.results().map(match -> match.group(1)).toList();
    }

    @Override
    public String toString() {
        return path;
    }
}
