package dev.qwen2api.toolcall;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an unquoted value means: JSON's own literals, those of Python and JavaScript, and words without their quotes.
 */
final class JsonLiteral {

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final Pattern LOOSE_NUMBER = Pattern.compile("[+-]?(\\d+(?:\\.\\d*)?|\\.\\d+)");
    private static final Pattern HEX = Pattern.compile("0[xX][0-9a-fA-F]{1,16}");

    private JsonLiteral() {}

    private static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /** The JSON of a name or a number; empty if the text is neither. */
    static Optional<String> read(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> Optional.of("true");
            case "false", "False", "FALSE" -> Optional.of("false");
            case "null", "None", "NULL", "undefined", "NaN", "Infinity", "-Infinity" -> Optional.of("null");
            default -> number(text);
        };
    }

    private static Optional<String> number(String text) {
        if (isNumber(text)) {
            return Optional.of(text);
        }
        if (HEX.matcher(text).matches()) {
            return Optional.of(new BigInteger(text.substring(2), 16).toString());
        }
        return LOOSE_NUMBER.matcher(text).matches() ? tidied(text) : Optional.empty();
    }

    /**
     * JSON for {@code +1}, {@code .5} and {@code 5.}; leading zeros mean that it is no number (a code, a telephone).
     */
    private static Optional<String> tidied(String text) {
        String digits = text.startsWith("+") ? text.substring(1) : text;
        digits = digits.replaceFirst("^(-?)\\.", "$10.").replaceFirst("\\.$", "");
        return isNumber(digits) ? Optional.of(digits) : Optional.empty();
    }

    /** The JSON of text that was cut off in the middle of an unquoted value. */
    static String readCutOff(String text) {
        for (String name : new String[] {"true", "false", "null"}) {
            if (!text.isEmpty() && name.startsWith(text)) {
                return name;
            }
        }
        String whole = text.replaceFirst("[eE][+-]?$", "");
        return read(whole).orElseGet(() -> whole.equals("-") ? "null" : JsonMembers.quote(text.strip()));
    }
}
