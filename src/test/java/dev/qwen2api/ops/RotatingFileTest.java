package dev.qwen2api.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static void write(OutputStream file, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            file.write(String.format("line %04d%n", i).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void no_line_is_lost_or_cut_as_long_as_there_is_room_for_its_file() throws IOException {
        Path log = folder.resolve("logs/qwen2api.log");
        try (var file = new RotatingFile(log, 100, 5)) {
            write(file, 0, 45);
        }
        var lines = new ArrayList<String>();
        for (String name : List.of(".4", ".3", ".2", ".1", "")) {
            lines.addAll(Files.readAllLines(folder.resolve("logs/qwen2api.log" + name)));
        }
        assertEquals(
                IntStream.range(0, 45)
                        .mapToObj(i -> String.format("line %04d", i))
                        .toList(),
                lines);
    }

    @Test
    void only_the_newest_files_are_kept() throws IOException {
        try (var file = new RotatingFile(folder.resolve("a.log"), 100, 2)) {
            write(file, 0, 100);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
        assertTrue(Files.readString(folder.resolve("a.log")).endsWith("line 0099\n"));
    }

    @Test
    void older_files_stay_while_the_new_one_cannot_be_opened() throws IOException {
        Path log = folder.resolve("a.log");
        var refusing = new AtomicBoolean();
        RotatingFile.Opener opener = path -> {
            if (refusing.get()) {
                throw new FileSystemException(path.toString(), null, "Too many open files");
            }
            return RotatingFile.open(path);
        };
        try (var file = new RotatingFile(log, 100, 3, opener)) {
            write(file, 0, 30);
            refusing.set(true);
            for (int i = 0; i < 5; i++) {
                assertThrows(IOException.class, () -> write(file, 30, 31));
            }
            file.flush();
            refusing.set(false);
            write(file, 31, 32);
        }
        assertEquals(List.of("line 0031"), Files.readAllLines(log));
        assertEquals(10, Files.readAllLines(folder.resolve("a.log.1")).size());
        assertEquals("line 0010", Files.readAllLines(folder.resolve("a.log.2")).get(0));
    }

    @Test
    void a_restart_appends() throws IOException {
        try (var file = new RotatingFile(folder.resolve("a.log"), 1000, 2)) {
            write(file, 0, 1);
        }
        try (var file = new RotatingFile(folder.resolve("a.log"), 1000, 2)) {
            write(file, 1, 2);
        }
        assertEquals(List.of("line 0000", "line 0001"), Files.readAllLines(folder.resolve("a.log")));
    }

    @Test
    void only_the_owner_may_read_it() throws IOException {
        new RotatingFile(folder.resolve("a.log"), 1000, 2).close();
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("a.log"))));
    }

    @Test
    void a_file_that_cannot_be_written_costs_one_complaint_and_no_line_on_the_console() throws IOException {
        var console = new java.io.ByteArrayOutputStream();
        var tee = new Logs.TeeStream(console);
        var closed = new RotatingFile(folder.resolve("a.log"), 1000, 2);
        closed.close();
        tee.file(closed);

        tee.write("one\n".getBytes(StandardCharsets.UTF_8));
        tee.write("two\n".getBytes(StandardCharsets.UTF_8));

        List<String> lines = console.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(3, lines.size(), lines.toString());
        assertEquals("one", lines.get(0));
        assertTrue(lines.get(1).startsWith("WARN [LOG] the log file cannot be written"), lines.get(1));
        assertEquals("two", lines.get(2));
    }

    @Test
    void a_symbolic_link_is_not_followed_and_an_older_file_is_closed_to_others() throws IOException {
        Path target = folder.resolve("target");
        Files.writeString(target, "untouched");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
        Files.createSymbolicLink(folder.resolve("a.log"), target);
        IOException refused = assertThrows(IOException.class, () -> new RotatingFile(folder.resolve("a.log"), 1000, 2));
        assertTrue(String.valueOf(refused.getMessage()).contains("symbolic link"), refused.getMessage());
        assertEquals("untouched", Files.readString(target));
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));

        new RotatingFile(target, 1000, 2).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
    }

    @Test
    void a_smaller_number_of_files_removes_the_surplus() throws IOException {
        try (var file = new RotatingFile(folder.resolve("a.log"), 100, 5)) {
            write(file, 0, 60);
        }
        new RotatingFile(folder.resolve("a.log"), 100, 3).close();
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count());
        }
        assertTrue(Files.readString(folder.resolve("a.log")).endsWith("line 0059\n"));
        assertTrue(Files.exists(folder.resolve("a.log.2")));
    }
}
