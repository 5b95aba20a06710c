package dev.qwen2api.ops.doctor;

import dev.qwen2api.ops.doctor.Finding.Grade;
import java.util.List;
import java.util.function.Consumer;

/** Runs checks one after the other and tells each finding as soon as it is there. Used once, by one thread. */
public final class Doctor {

    private final SecretMasker secretMasker;
    private final Consumer<String> out;
    private Grade worst = Grade.OK;

    /**
     * @param out takes the lines
     */
    public Doctor(SecretMasker secretMasker, Consumer<String> out) {
        this.secretMasker = secretMasker;
        this.out = out;
    }

    /** Runs the checks in their order. */
    public void examine(List<Check> checks) {
        for (Check check : checks) {
            for (Finding finding : findings(check)) {
                out.accept(secretMasker.hide(finding.line()));
                worst = finding.grade().compareTo(worst) > 0 ? finding.grade() : worst;
            }
        }
    }

    /** A check that fails itself must not end the others. */
    private static List<Finding> findings(Check check) {
        try {
            return check.findings();
        } catch (RuntimeException | LinkageError unforeseen) {
            String what = unforeseen.getClass().getSimpleName();
            return List.of(Finding.warning("doctor", "a check could not be made (" + what + ")", "report this line"));
        }
    }

    /** The exit status by the worst finding: 0 all is well, 1 there is a warning, 2 there is an error. */
    public int status() {
        return switch (worst) {
            case OK -> 0;
            case WARNING -> 1;
            case ERROR -> 2;
        };
    }
}
