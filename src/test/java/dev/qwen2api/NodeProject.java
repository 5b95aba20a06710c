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

    /** Longer than a script ever takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(240);

    /** Enough for a slow registry. */
    private static final Duration PATIENCE_WITH_NPM = Duration.ofSeconds(300);

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
     * Installs the project of {@code src/test/js} that has this name, beside the jar; what is missing for that skips
     * the calling tests, with a loud word about {@code what} was not tested.
     */
    static NodeProject orSkip(String name, int oldest, String what) throws IOException, InterruptedException {
        Path target = Path.of(System.getProperty("jar")).resolveSibling("node").resolve(name);
        try {
            return install(Path.of("src", "test", "js", name), target, oldest);
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

    /**
     * Copies the files of {@code source} into {@code folder} and installs there what its lock file names, once.
     *
     * @throws Unavailable when Node is missing or older than {@code oldest}, or npm cannot install
     */
    private static NodeProject install(Path source, Path folder, int oldest)
            throws Unavailable, IOException, InterruptedException {
        Files.createDirectories(folder);
        try (var files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        var project = new NodeProject(folder);
        project.checkNode(oldest);
        project.installOnce();
        return project;
    }

    private void installOnce() throws Unavailable, IOException, InterruptedException {
        Path wanted = folder.resolve("package-lock.json");
        Path installed = folder.resolve("installed.json");
        if (Files.exists(installed) && Files.mismatch(wanted, installed) < 0) {
            return;
        }
        List<String> said = need(
                "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            throw new Unavailable("npm ci installed nothing: " + String.join(" ", said));
        }
        Files.copy(wanted, installed, StandardCopyOption.REPLACE_EXISTING);
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
        Duration timeout = command.get(0).equals("npm") ? PATIENCE_WITH_NPM : PATIENCE;
        boolean ended = process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new Run(ended && process.exitValue() == 0, Files.readAllLines(output, StandardCharsets.UTF_8));
    }
}
