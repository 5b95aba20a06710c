package dev.qwen2api.ops.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.ops.doctor.Finding.Grade;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a {@code .env} that was mounted, and how a line is told. */
class SettingsCheckTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_file_that_is_mounted_by_itself_is_a_warning() throws Exception {
        Finding finding = only("/host/project/.env");
        assertEquals(Grade.WARNING, finding.grade());
        assertTrue(finding.advice().contains("mount its folder"), finding.toString());
    }

    @Test
    void a_mount_whose_file_the_host_has_replaced_is_an_error() throws Exception {
        Finding finding = only("/host/project/.env//deleted");
        assertEquals(Grade.ERROR, finding.grade());
        assertTrue(finding.advice().contains("restart the container"), finding.toString());
    }

    private Finding only(String source) throws Exception {
        Path env = Files.writeString(folder.resolve(".env"), "API_KEY=\"sk-0123456789\"\n");
        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-------"));
        Path table = Files.writeString(
                folder.resolve("mountinfo"),
                "7 1 8:1 " + source + " " + env.toAbsolutePath() + " rw - ext4 /dev/sda1 rw\n");
        List<Finding> findings = new SettingsCheck(env, EnvFile.read(env), Map.of(), table).findings();
        assertEquals(1, findings.size(), findings.toString());
        return findings.get(0);
    }

    @Test
    void the_status_is_that_of_the_worst_finding_and_a_check_that_fails_is_one() {
        var lines = new ArrayList<String>();
        var doctor = new Doctor(SecretMasker.of(List.of("hidden-word")), lines::add, Doctor.Format.LINES);
        assertEquals(0, doctor.status());
        doctor.run(List.of(() -> List.of(Finding.ok("one", "with a hidden-word\nand a second line")), () -> {
            throw new IllegalStateException("hidden-word");
        }));
        assertEquals(1, doctor.status());
        doctor.run(List.of(() -> List.of(Finding.error("two", "broken", "mend it"))));
        doctor.run(List.of(() -> List.of(Finding.warning("three", "odd", "look"))));
        assertEquals(2, doctor.status());
        assertEquals(
                List.of(
                        "ok    one         with a ***?and a second line",
                        "warn  doctor      a check failed (IllegalStateException). Fix: report this line",
                        "FAIL  two         broken. Fix: mend it",
                        "warn  three       odd. Fix: look"),
                lines);
    }
}
