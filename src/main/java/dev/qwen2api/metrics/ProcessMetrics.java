package dev.qwen2api.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.qwen2api.metrics.MetricFamily.Sample;
import dev.qwen2api.metrics.MetricFamily.Sample.Label;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Metrics of the process and the JVM, named as in Prometheus' client libraries so that existing dashboards fit. The
 * JVM's management classes are loaded by the first scrape. Thread-safe.
 */
public final class ProcessMetrics implements MetricFamily.Source {

    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;
    private static final Path STATUS = Path.of("/proc/self/status");

    private final String version;

    public ProcessMetrics(String version) {
        this.version = version;
    }

    @Override
    public List<MetricFamily> families() {
        var families = new ArrayList<MetricFamily>();
        families.add(MetricFamily.gauge(
                "qwen2api_build_info",
                "Version of the gateway and of Java.",
                Sample.of(
                        1,
                        new Label("version", version),
                        new Label("java", System.getProperty("java.version", "unknown")))));
        memory(families);
        work(families);
        files(families);
        return families;
    }

    private static void memory(List<MetricFamily> families) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        families.add(MetricFamily.gauge(
                "jvm_memory_used_bytes",
                "Memory in use.",
                Sample.of(heap.getUsed(), new Label("area", "heap")),
                Sample.of(other.getUsed(), new Label("area", "nonheap"))));
        families.add(MetricFamily.gauge(
                "jvm_memory_committed_bytes",
                "Memory committed by the system.",
                Sample.of(heap.getCommitted(), new Label("area", "heap")),
                Sample.of(other.getCommitted(), new Label("area", "nonheap"))));
        families.add(MetricFamily.gauge(
                "jvm_memory_max_bytes", "Maximum memory.", Sample.of(heap.getMax(), new Label("area", "heap"))));
        resident()
                .ifPresent(bytes -> families.add(MetricFamily.gauge(
                        "process_resident_memory_bytes", "Resident memory of the process.", Sample.of(bytes))));
    }

    /** Linux only. */
    private static OptionalLong resident() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                    .findFirst();
        } catch (IOException | NumberFormatException elsewhere) {
            return OptionalLong.empty();
        }
    }

    private static void work(List<MetricFamily> families) {
        families.add(MetricFamily.gauge(
                "jvm_threads_current",
                "Platform threads.",
                Sample.of(ManagementFactory.getThreadMXBean().getThreadCount())));
        long millis = 0;
        long runs = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += Math.max(0, collector.getCollectionTime());
            runs += Math.max(0, collector.getCollectionCount());
        }
        families.add(MetricFamily.counter(
                "jvm_gc_collection_seconds_total", "Time spent on garbage collection.", Sample.of(millis / MILLIS)));
        families.add(MetricFamily.counter("jvm_gc_collections_total", "Garbage collections.", Sample.of(runs)));
        families.add(MetricFamily.gauge(
                "process_start_time_seconds",
                "Start time of the process since the epoch.",
                Sample.of(ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS)));
    }

    private static void files(List<MetricFamily> families) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            families.add(MetricFamily.counter(
                    "process_cpu_seconds_total",
                    "CPU time used.",
                    Sample.of(Math.max(0, system.getProcessCpuTime()) / NANOS)));
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            families.add(MetricFamily.gauge(
                    "process_open_fds", "Open files and sockets.", Sample.of(unix.getOpenFileDescriptorCount())));
            families.add(MetricFamily.gauge(
                    "process_max_fds",
                    "Maximum number of open files and sockets.",
                    Sample.of(unix.getMaxFileDescriptorCount())));
        }
    }
}
