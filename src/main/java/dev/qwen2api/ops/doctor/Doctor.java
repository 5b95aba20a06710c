package dev.qwen2api.ops.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.qwen2api.ops.doctor.Finding.Grade;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Consumer;

/** Runs checks one after the other and prints their findings. Not thread-safe. */
public final class Doctor {

    private static final int MEGABYTE_BITS = 20;

    private final SecretMasker secretMasker;
    private final Consumer<String> out;
    private final Format format;
    private final ObjectNode document = JsonNodeFactory.instance.objectNode();
    private Grade worst = Grade.OK;

    /** Examines one part of the set-up without changing anything. */
    @FunctionalInterface
    public interface Check {

        /** Returns the findings in the order of printing; failures of the check itself are findings too. */
        List<Finding> findings();
    }

    public enum Format {
        /** One line each, at once. */
        LINES,
        /** One JSON object at the end. */
        JSON
    }

    public Doctor(SecretMasker secretMasker, Consumer<String> out, Format format) {
        this.secretMasker = secretMasker;
        this.out = out;
        this.format = format;
    }

    /** Reports the environment for a bug report: version, Java, system, processors and memory. */
    public static Check system(String version) {
        Runtime java = Runtime.getRuntime();
        String memory = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? (system.getTotalMemorySize() >> MEGABYTE_BITS) + " MB of memory, "
                : "";
        return () -> List.of(Finding.ok(
                "system",
                "Qwen2API " + version + " on Java " + Runtime.version() + " (" + System.getProperty("java.vendor")
                        + "), "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + java.availableProcessors() + " CPU, " + memory + "heap of at most "
                        + (java.maxMemory() >> MEGABYTE_BITS) + " MB here"));
    }

    public void run(List<Check> checks) {
        ArrayNode found = document.withArray("findings");
        for (Check check : checks) {
            for (Finding finding : findings(check)) {
                if (format == Format.LINES) {
                    out.accept(secretMasker.mask(finding.line()));
                } else {
                    found.add(json(finding));
                }
                worst = finding.grade().compareTo(worst) > 0 ? finding.grade() : worst;
            }
        }
        if (format == Format.JSON) {
            out.accept(document.put("status", status()).toPrettyString());
        }
    }

    private ObjectNode json(Finding finding) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("grade", finding.grade().word())
                .put("subject", finding.subject())
                .put("text", secretMasker.mask(finding.text()))
                .put("fix", secretMasker.mask(finding.advice()));
    }

    /** A check that throws must not end the others. */
    private static List<Finding> findings(Check check) {
        try {
            return check.findings();
        } catch (RuntimeException | LinkageError broken) {
            String what = broken.getClass().getSimpleName();
            return List.of(Finding.warning("doctor", "a check failed (" + what + ")", "report this line"));
        }
    }

    /** Returns the exit status by the worst finding: 0 for none, 1 for a warning, 2 for an error. */
    public int status() {
        return switch (worst) {
            case OK -> 0;
            case WARNING -> 1;
            case ERROR -> 2;
        };
    }
}
