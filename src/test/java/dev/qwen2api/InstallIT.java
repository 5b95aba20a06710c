package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Installs the built jar into a folder that stands for the root of a system, and starts it as systemd would. */
@EnabledOnOs(OS.LINUX)
@Timeout(500)
class InstallIT {

    private static final Path INSTALL = Path.of("scripts/install").toAbsolutePath();
    private static final String JAR = System.getProperty("jar");
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    private record Ended(int status, String output) {}

    @Test
    void it_is_installed_started_brought_up_to_date_and_taken_away() throws Exception {
        install();
        Path env = root.resolve("etc/qwen2api/.env");
        assertEquals("rw-r-----", rights(env));
        assertEquals("rwx------", rights(root.resolve("var/lib/qwen2api")));
        assertTrue(Files.readString(env).matches("(?s).*\\nAPI_KEY=\"sk-[0-9a-f]{48}\"\\n.*"), "no key of its own");

        serves(env);

        String changed = Files.readString(env);
        install();
        assertEquals(changed, Files.readString(env));
        assertTrue(Files.exists(root.resolve("var/lib/qwen2api/data/qwen2api.db")), "an update took the data away");

        assertEquals(0, script("uninstall").status());
        assertFalse(Files.exists(root.resolve("opt/qwen2api")));
        assertFalse(Files.exists(unit()));
        assertTrue(Files.exists(env));
        assertEquals(0, script("uninstall", "--purge").status());
        assertFalse(Files.exists(env));
        assertFalse(Files.exists(root.resolve("var/lib/qwen2api")));
        assertEquals(0, script("uninstall").status(), "a second time is no error");
    }

    /** The command, the settings and the folder of the unit, below our root. */
    private void serves(Path env) throws Exception {
        Files.writeString(
                env,
                Files.readString(env)
                        .replaceFirst("# LISTEN_ADDRESS=.*", "LISTEN_ADDRESS=\"127.0.0.1\"")
                        .replaceFirst("# SERVICE_PORT=.*", "SERVICE_PORT=\"0\""));
        var builder = new ProcessBuilder(root + of("ExecStart"))
                .directory(Path.of(root + of("WorkingDirectory")).toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        String[] setting = of("Environment").split("=", 2);
        builder.environment().put(setting[0], root + setting[1]);
        try (var jar = new JarProcess(builder.start())) {
            jar.awaitLog("listening on ");
            assertEquals(0, jar.stop());
            assertFalse(jar.log().toString().contains("[cds]"), jar.log()::toString);
        }
    }

    @Test
    void a_Java_that_systemd_would_not_find_is_told_to_the_unit() throws Exception {
        Path home = Files.createDirectories(root.resolve("elsewhere"));
        Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexec " + System.getProperty("java.home") + "/bin/java \"$@\"\n");
        assertTrue(java.toFile().setExecutable(true));
        assertEquals(
                0,
                run(Map.of("DESTDIR", root.toString(), "JAR", JAR, "JAVA_HOME", home.toString()), INSTALL.toString())
                        .status());
        Path told = root.resolve("etc/systemd/system/qwen2api.service.d/java.conf");
        assertEquals("[Service]\nEnvironment=\"JAVA_HOME=" + home.toRealPath() + "\"\n", Files.readString(told));

        assertEquals(0, script("uninstall").status());
        assertFalse(Files.exists(told.getParent()));
    }

    @Test
    void its_unit_is_one_that_systemd_understands() throws Exception {
        if (!Files.isExecutable(ANALYZE)) {
            System.err.println("SKIPPED: systemd-analyze is not here, so the unit was not checked with it");
        }
        assumeTrue(Files.isExecutable(ANALYZE), "no systemd-analyze");
        String text = Files.readString(Path.of("scripts/qwen2api.service"))
                .replace(
                        "ExecStart=/opt/qwen2api/start",
                        "ExecStart=" + Path.of("scripts/start").toAbsolutePath());
        Path unit = Files.writeString(root.resolve("qwen2api.service"), text);
        Ended checked = run(Map.of(), ANALYZE.toString(), "verify", "--man=no", unit.toString());
        assertEquals(0, checked.status(), checked.output());
        assertFalse(checked.output().contains(unit.getFileName().toString()), checked.output());
    }

    @Test
    void what_it_does_not_know_is_refused_and_changes_nothing() throws Exception {
        assertEquals(2, script("uninstal").status());
        assertEquals(2, script("uninstall", "--purgee").status());
        assertEquals(List.of(), List.of(root.toFile().list()));
    }

    private void install() throws Exception {
        Ended ended = script();
        assertEquals(0, ended.status(), ended.output());
        assertEquals(1, archives().size(), "one archive of classes");
        assertEquals(List.of(), running(), "the archive's gateway is still there");
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("opt/qwen2api"))) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        }
    }

    private List<String> running() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(root.resolve("opt").toString()))
                .toList();
    }

    private Ended script(String... words) throws Exception {
        var command = new ArrayList<String>(List.of(INSTALL.toString()));
        command.addAll(List.of(words));
        return run(
                Map.of(
                        "DESTDIR", root.toString(),
                        "JAR", JAR,
                        "JAVA_HOME", System.getProperty("java.home")),
                command.toArray(String[]::new));
    }

    private static Ended run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(240, TimeUnit.SECONDS), output);
        return new Ended(process.exitValue(), output);
    }

    private Path unit() {
        return root.resolve("etc/systemd/system/qwen2api.service");
    }

    private String of(String key) throws IOException {
        return Files.readAllLines(unit()).stream()
                .filter(line -> line.startsWith(key + "="))
                .findFirst()
                .orElseThrow()
                .substring(key.length() + 1);
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
