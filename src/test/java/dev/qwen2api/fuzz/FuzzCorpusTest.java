package dev.qwen2api.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays what the fuzzer kept, without the fuzzer: the corpus of each target, every earlier finding among it. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FuzzCorpusTest {

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final Path CORPUS = RESOURCES.resolve("fuzz");

    /** The files of other tests are inputs too, but for a specification of a third of a megabyte. */
    private static final long LONGEST = 64 << 10;

    static Stream<String> targets() {
        return FuzzTargets.ALL.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void no_input_of_the_corpus_breaks_a_promise(String name) throws Exception {
        List<Path> inputs = inputs(CORPUS.resolve(name));
        assertFalse(inputs.isEmpty());
        for (Path input : inputs) {
            check(name, input);
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void no_input_of_another_target_or_test_breaks_a_promise(String name) throws Exception {
        for (Path input : inputs(RESOURCES)) {
            check(name, input);
        }
    }

    @Test
    void every_folder_of_the_corpus_has_a_target() throws IOException {
        try (Stream<Path> folders = Files.list(CORPUS)) {
            assertEquals(
                    FuzzTargets.ALL.keySet(),
                    folders.map(folder -> folder.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    private static List<Path> inputs(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() < LONGEST)
                    .sorted()
                    .toList();
        }
    }

    private static void check(String name, Path input) throws IOException {
        byte[] bytes = Files.readAllBytes(input);
        try {
            Fuzz.run(FuzzTargets.ALL.get(name), bytes);
        } catch (Exception | AssertionError | StackOverflowError broken) {
            throw new AssertionError(name + " with " + input, broken);
        }
    }
}
