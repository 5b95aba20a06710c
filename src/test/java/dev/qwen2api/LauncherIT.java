package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an old Java meets in the built jar. */
class LauncherIT {

    private static final int MAGIC = 0xCAFEBABE;
    private static final int JAVA_8 = 52;
    private static final int JAVA_17 = 61;

    @Test
    void the_class_that_the_manifest_names_can_be_read_by_Java_8() throws IOException {
        try (var jar = new JarFile(System.getProperty("jar"))) {
            String main = jar.getManifest().getMainAttributes().getValue("Main-Class");
            assertEquals(JAVA_8, version(jar, main.replace('.', '/') + ".class"));
            assertEquals(JAVA_17, version(jar, "dev/qwen2api/Main.class"));
        }
    }

    @ParameterizedTest(name = "{0} is Java {1}")
    @CsvSource({"1.8, 8", "11, 11", "17, 17", "25, 25", "26-ea, 26"})
    void versions_of_all_ages_are_understood(String version, int feature) {
        assertEquals(feature, Launcher.feature(version));
    }

    @Test
    void an_old_Java_is_named_in_one_line_with_what_to_do() {
        String line = Launcher.refusal("1.8", "/opt/jre8");
        assertTrue(line.startsWith("Qwen2API needs Java 17 or later, and /opt/jre8 is Java 1.8."), line);
        assertFalse(line.contains("\n"), line);
    }

    private static int version(JarFile jar, String name) throws IOException {
        try (var data = new DataInputStream(jar.getInputStream(jar.getEntry(name)))) {
            assertEquals(MAGIC, data.readInt());
            data.readUnsignedShort();
            return data.readUnsignedShort();
        }
    }
}
