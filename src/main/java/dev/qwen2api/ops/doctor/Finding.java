package dev.qwen2api.ops.doctor;

/**
 * What one check found, in one line.
 *
 * @param grade how bad it is
 * @param subject what was looked at, in a word or two
 * @param text what was found
 * @param advice what to do; empty where nothing is to be done
 */
public record Finding(Grade grade, String subject, String text, String advice) {

    /** How bad a finding is, the worst last. */
    public enum Grade {
        OK("ok"),
        /** It works, but not as it should, or not for long. */
        WARNING("warn"),
        /** It will not work like that. */
        ERROR("FAIL");

        private final String word;

        Grade(String word) {
            this.word = word;
        }

        /** The word at the head of a line: {@code ok}, {@code warn} or {@code FAIL}. */
        String word() {
            return word;
        }
    }

    public static Finding ok(String subject, String text) {
        return new Finding(Grade.OK, subject, text, "");
    }

    public static Finding warning(String subject, String text, String advice) {
        return new Finding(Grade.WARNING, subject, text, advice);
    }

    public static Finding error(String subject, String text, String advice) {
        return new Finding(Grade.ERROR, subject, text, advice);
    }

    /** The line, without its end. */
    String line() {
        String told = String.format("%-4s  %-10s  %s", grade.word, subject, text);
        return (advice.isEmpty() ? told : told + ". Fix: " + advice).replaceAll("\\p{Cntrl}", "?");
    }
}
