package dev.qwen2api.ops.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Reports the environment for a bug report: version, Java, system, processors and memory. */
public final class SystemCheck implements Doctor.Check {

    private static final int MEGABYTE = 20;

    private final String version;

    public SystemCheck(String version) {
        this.version = version;
    }

    @Override
    public List<Finding> findings() {
        Runtime java = Runtime.getRuntime();
        return List.of(Finding.ok(
                "system",
                "Qwen2API " + version + " on Java " + Runtime.version() + " (" + System.getProperty("java.vendor")
                        + "), "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + java.availableProcessors() + " CPU, " + memory() + "heap of at most "
                        + (java.maxMemory() >> MEGABYTE) + " MB here"));
    }

    private static String memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? (system.getTotalMemorySize() >> MEGABYTE) + " MB of memory, "
                : "";
    }
}
