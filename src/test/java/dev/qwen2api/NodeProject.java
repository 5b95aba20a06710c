package dev.qwen2api;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Scripts for Node and the packages that their lock file pins, in a folder of their own. */
final class NodeProject {

    /** Enough for a slow registry; a script never takes as long. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;

    private NodeProject(Path folder) {
        this.folder = folder;
    }

    /** There is no Node here, or it cannot be given its packages; the message says why. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        private Unavailable(String why) {
            super(why);
        }

        @Override
        public String toString() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Copies the files of {@code source} into {@code folder} and installs there what its lock file names.
     *
     * @throws Unavailable when Node is missing or older than {@code oldest}, or npm cannot install
     */
    static NodeProject install(Path source, Path folder, int oldest)
            throws Unavailable, IOException, InterruptedException {
        Files.createDirectories(folder);
        try (var files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        var project = new NodeProject(folder);
        project.checkNode(oldest);
        List<String> said = project.need(
                "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            throw new Unavailable("npm ci installed nothing: " + String.join(" ", said));
        }
        return project;
    }

    /**
     * The same, into a folder of that name beside the jar; where there is no Node, the test that asks is skipped, with a loud
     * word about it.
     *
     * @param what is not tested then
     */
    static NodeProject orSkip(String what, Path source, String name, int oldest)
            throws IOException, InterruptedException {
        try {
            return install(source, Path.of(System.getProperty("jar")).resolveSibling(name), oldest);
        } catch (Unavailable why) {
            System.err.println(box(what + " was NOT tested.", why.toString()));
            return abort(why.toString());
        }
    }

    private static String box(String... lines) {
        String edge = "#".repeat(100);
        return List.of(lines).stream()
                .flatMap(line -> line.replaceAll("(.{1,94})(\\s+|$)", "$1\n").lines())
                .collect(Collectors.joining("\n#  ", "\n" + edge + "\n#  ", "\n" + edge));
    }

    private void checkNode(int oldest) throws Unavailable, IOException, InterruptedException {
        String version = String.join("", need("node", "--version")).strip();
        if (!version.matches("v\\d+\\..*") || Integer.parseInt(version.substring(1, version.indexOf('.'))) < oldest) {
            throw new Unavailable("node is " + version + ", and " + oldest + " is the least that will do");
        }
    }

    /**
     * Runs a script to its end and returns the lines that it printed.
     *
     * @throws AssertionError with those lines, when it fails or does not end
     */
    List<String> run(String script, String... words) throws IOException, InterruptedException {
        Run run = execute(
                Stream.concat(Stream.of("node", script), Arrays.stream(words)).toList());
        if (!run.succeeded()) {
            throw new AssertionError(script + " failed:\n" + String.join("\n", run.lines()));
        }
        return run.lines();
    }

    private List<String> need(String... command) throws Unavailable, InterruptedException {
        Run run;
        try {
            run = execute(List.of(command));
        } catch (IOException missing) {
            throw new Unavailable(command[0] + " cannot be started: " + missing.getMessage());
        }
        if (!run.succeeded()) {
            throw new Unavailable(String.join(" ", command) + " failed: " + String.join(" ", run.lines()));
        }
        return run.lines();
    }

    /** A program that has ended, or was ended because it took too long. */
    private record Run(boolean succeeded, List<String> lines) {}

    private Run execute(List<String> command) throws IOException, InterruptedException {
        Path output = folder.resolve(command.get(0) + ".log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new Run(ended && process.exitValue() == 0, Files.readAllLines(output, StandardCharsets.UTF_8));
    }
}
