package dev.qwen2api.toolcall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One case of the corpus: what a model wrote, and what must come out. The format is described in
 * {@code src/test/resources/toolcalls/README.md}.
 *
 * @param name family and title
 * @param output the model's text
 * @param story the expected result, in the form of {@link ParsedAnswer#story()}
 */
record CorpusCase(String name, String output, String story) {

    private static final Path CORPUS = Path.of("src/test/resources/toolcalls");
    private static final Pattern PART = Pattern.compile("(?m)^--- (text|call|open|end)(?: (.*))?$");
    private static final Pattern ESCAPE = Pattern.compile("⟨([0-9a-f]{1,4})⟩");

    @Override
    public String toString() {
        return name;
    }

    static List<CorpusCase> all() {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .flatMap(file -> read(file).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<CorpusCase> read(Path file) {
        try {
            String family = file.getFileName().toString().replace(".txt", "");
            List<CorpusCase> cases = new ArrayList<>();
            for (String block : ("\n" + Files.readString(file)).split("\n=== ")) {
                if (!block.isBlank() && !block.startsWith("\n#") && !block.startsWith("#")) {
                    cases.add(parse(family, block));
                }
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CorpusCase parse(String family, String block) {
        int title = block.indexOf('\n');
        String body = block.substring(title + 1);
        Matcher part = PART.matcher(body);
        if (!part.find()) {
            throw new IllegalStateException("no expectation in " + family + ": " + block);
        }
        String output = unescape(withoutLastBreak(body.substring(0, part.start())));
        StringBuilder story = new StringBuilder();
        boolean called = false;
        String end = "";
        do {
            int from = Math.min(part.end() + 1, body.length());
            int to = next(body, from);
            String content = unescape(withoutLastBreak(body.substring(from, to)));
            switch (part.group(1)) {
                case "text" -> story.append("\nTEXT ").append("as it came".equals(part.group(2)) ? output : content);
                case "call" -> {
                    story.append("\nCALL ").append(part.group(2)).append(' ').append(content);
                    called = true;
                }
                case "open" -> {
                    story.append("\nCALL ").append(part.group(2)).append(' ').append(content);
                    end = "LENGTH";
                }
                default -> end = part.group(2) == null ? end : part.group(2);
            }
        } while (part.find());
        story.append("\nEND ").append(!end.isEmpty() ? end : called ? "TOOL_CALLS" : "STOP");
        return new CorpusCase(family + ": " + block.substring(0, title), output, story.toString());
    }

    private static int next(String body, int from) {
        Matcher next = PART.matcher(body);
        return next.find(from) ? next.start() : body.length();
    }

    private static String withoutLastBreak(String text) {
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static String unescape(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(
                        found -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16))));
    }
}
