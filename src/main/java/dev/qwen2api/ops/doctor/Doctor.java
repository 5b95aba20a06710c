package dev.qwen2api.ops.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.ops.doctor.Finding.Grade;
import java.util.List;
import java.util.function.Consumer;

/** Runs checks one after the other and tells each finding as soon as it is there. Used once, by one thread. */
public final class Doctor {

    private final SecretMasker secretMasker;
    private final Consumer<String> out;
    private final Format format;
    private final ObjectNode document = JsonNodeFactory.instance.objectNode();
    private Grade worst = Grade.OK;

    /** How the findings are printed. */
    public enum Format {
        /** One line each, as soon as it is there. */
        LINES,
        /** One JSON object at the end. */
        JSON
    }

    /**
     * @param out takes the lines
     */
    public Doctor(SecretMasker secretMasker, Consumer<String> out, Format format) {
        this.secretMasker = secretMasker;
        this.out = out;
        this.format = format;
    }

    /** Runs the checks in their order. */
    public void examine(List<Check> checks) {
        ArrayNode found = document.withArray("findings");
        for (Check check : checks) {
            for (Finding finding : findings(check)) {
                if (format == Format.LINES) {
                    out.accept(secretMasker.hide(finding.line()));
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
                .put("text", secretMasker.hide(finding.text()))
                .put("fix", secretMasker.hide(finding.advice()));
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
