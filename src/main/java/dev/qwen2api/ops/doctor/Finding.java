package dev.qwen2api.ops.doctor;

/**
 * One result of a check.
 *
 * @param subject the part examined, in a word or two
 * @param advice what to do; empty if nothing
 */
public record Finding(Grade grade, String subject, String text, String advice) {

    /** The severity, the worst last. */
    public enum Grade {
        OK("ok"),
        /** It works, but not well or not for long. */
        WARNING("warn"),
        /** It does not work. */
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

    String line() {
        return String.format("%-4s  %-10s  %s", grade.word, subject, sentence());
    }

    /** Returns text and advice, without control characters. */
    public String sentence() {
        return (advice.isEmpty() ? text : text + ". Fix: " + advice).replaceAll("\\p{Cntrl}", "?");
    }
}
