package dev.qwen2api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        boolean installed = isInstalled(source, folder);
        try (var files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        var project = new NodeProject(folder);
        project.checkNode(oldest);
        if (installed) {
            return project;
        }
        List<String> said = project.need(
                "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            throw new Unavailable("npm ci installed nothing: " + String.join(" ", said));
        }
        return project;
    }

    /** Whether {@code folder} holds what this lock file names, since npm came to its end there before. */
    private static boolean isInstalled(Path source, Path folder) throws IOException {
        Path lock = folder.resolve("package-lock.json");
        return Files.exists(folder.resolve("node_modules/.package-lock.json"))
                && Files.exists(lock)
                && Files.mismatch(lock, source.resolve("package-lock.json")) < 0;
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
