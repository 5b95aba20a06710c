package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines are those that Linux 6 showed for bind mounts. */
class FileMountTest {

    private static final String ROOT_LINE = "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";

    @TempDir
    private Path folder;

    @Test
    void a_file_in_a_mounted_folder_is_no_mount() throws IOException {
        Path file = Files.writeString(folder.resolve(".env"), "A=1");

        var mount = new FileMount(file, table("/srv/config", folder.toString()));

        assertFalse(mount.isMountPoint());
        assertFalse(mount.isStale());
    }

    @Test
    void a_file_that_was_mounted_by_itself_is_seen() throws IOException {
        Path file = Files.writeString(folder.resolve(".env"), "A=1");

        var mount = new FileMount(file, table("/srv/.env", file.toString()));

        assertTrue(mount.isMountPoint());
        assertFalse(mount.isStale());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/srv/.env//deleted", "/srv/.env~"})
    void the_mount_is_stale_once_the_host_has_replaced_the_file(String root) throws IOException {
        Path file = Files.writeString(folder.resolve(".env"), "A=1");
        var mount = new FileMount(file, table("/srv/.env", file.toString()));

        table(root, file.toString());

        assertTrue(mount.isStale());
    }

    @Test
    void a_mount_that_was_stale_at_the_start_is_seen() throws IOException {
        Path file = Files.writeString(folder.resolve(".env"), "A=1");

        assertTrue(new FileMount(file, table("/srv/.env//deleted", file.toString())).isStale());
    }

    @Test
    void a_path_with_white_space_and_umlauts_is_found() throws IOException {
        Path file = Files.writeString(
                Files.createDirectory(folder.resolve("mein schöner ordner")).resolve(".env"), "A=1");

        var mount = new FileMount(file, table("/srv/.env", file.toString().replace(" ", "\\040")));

        assertTrue(mount.isMountPoint());
    }

    @Test
    void where_there_is_no_table_nothing_is_mounted() {
        var mount = new FileMount(folder.resolve(".env"), folder.resolve("none"));

        assertFalse(mount.isMountPoint());
        assertFalse(mount.isStale());
    }

    private Path table(String root, String point) throws IOException {
        String line = "63 43 254:0 " + root + " " + point + " rw,relatime - ext4 /dev/vda rw,discard\n";
        return Files.writeString(folder.resolve("mountinfo"), ROOT_LINE + line);
    }
}
