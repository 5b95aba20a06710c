package dev.qwen2api.ops.doctor;

import dev.qwen2api.ops.doctor.Finding.Grade;
import java.util.List;
import java.util.function.Consumer;

/** Runs checks one after the other and prints each finding at once. Not thread-safe. */
public final class Doctor {

    private final SecretMasker secretMasker;
    private final Consumer<String> out;
    private Grade worst = Grade.OK;

    /** Examines one part of the set-up without changing anything. */
    @FunctionalInterface
    public interface Check {

        /** Returns the findings in the order of printing; failures of the check itself are findings too. */
        List<Finding> findings();
    }

    /** @param out receives the lines */
    public Doctor(SecretMasker secretMasker, Consumer<String> out) {
        this.secretMasker = secretMasker;
        this.out = out;
    }

    /** Runs the checks in order. */
    public void run(List<Check> checks) {
        for (Check check : checks) {
            for (Finding finding : findings(check)) {
                out.accept(secretMasker.mask(finding.line()));
                worst = finding.grade().compareTo(worst) > 0 ? finding.grade() : worst;
            }
        }
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
