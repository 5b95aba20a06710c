package dev.qwen2api.toolcall;

/**
 * Follows valid JSON as it grows and detects as early as possible what kind of object it is: one that names its
 * function before an object of arguments, so that these can be passed on while they come, or one that cannot be a call.
 * Of an array, the first element is looked at for the second.
 */
final class CallShapeDetector {

    private static final int NOWHERE = -1;

    private int at;
    private int depth;

    /** The depth at which the members of the call stand. */
    private int home = 1;

    private boolean inString;
    private boolean escaped;
    private int stringStart;
    private String key = "";
    private boolean valueNext;

    private String name = "";
    private boolean strange;
    private boolean foreign;
    private int argumentsStart = NOWHERE;
    private int argumentsEnd = NOWHERE;

    void follow(CharSequence json) {
        for (; at < json.length(); at++) {
            char c = json.charAt(at);
            if (inString) {
                inString(json, c);
            } else if (c == '"') {
                inString = true;
                stringStart = at;
                strange |= depth < home;
            } else {
                outside(c);
            }
        }
    }

    private void inString(CharSequence json, char c) {
        if (escaped || c == '\\') {
            escaped = !escaped;
        } else if (c == '"') {
            inString = false;
            if (depth == home) {
                ended(json);
            }
        }
    }

    private void ended(CharSequence json) {
        String text = JsonMembers.unquote(json.subSequence(stringStart, at + 1).toString());
        if (!valueNext) {
            key = text;
            foreign |= !CallExtractor.mayBeginCall(text);
            strange |= name.isEmpty() && foreign;
        } else if (name.isEmpty() && CallExtractor.isName(key)) {
            name = text;
        }
    }

    private void outside(char c) {
        switch (c) {
            case '{', '[' -> opened(c);
            case '}', ']' -> {
                depth--;
                if (depth == home && argumentsStart != NOWHERE && argumentsEnd == NOWHERE) {
                    argumentsEnd = at + 1;
                }
            }
            case ':' -> valueNext |= depth == home;
            case ',' -> valueNext &= depth != home;
            default -> {}
        }
    }

    private void opened(char bracket) {
        if (depth == 0 && bracket == '[') {
            home = 2;
        }
        boolean arguments = depth == home && valueNext && key.equals("arguments");
        if (arguments && bracket == '{' && home == 1 && !name.isEmpty() && argumentsStart == NOWHERE) {
            argumentsStart = at;
        }
        strange |= depth == 1 && home == 2 && bracket == '[';
        depth++;
    }

    /** The function that is named; empty while none is. */
    String name() {
        return name;
    }

    /** Whether a member stood before the name that calls do not have. */
    boolean strange() {
        return strange;
    }

    /** Whether a member stands anywhere beside the name that calls do not have. */
    boolean foreign() {
        return foreign;
    }

    boolean argumentsComplete() {
        return argumentsEnd != NOWHERE;
    }

    /** Whether an object of arguments has begun behind the name. */
    boolean argumentsBegun() {
        return argumentsStart != NOWHERE;
    }

    int argumentsStart() {
        return argumentsStart;
    }

    /** Where the arguments seen so far end. */
    int argumentsEnd() {
        return argumentsEnd == NOWHERE ? at : argumentsEnd;
    }
}
