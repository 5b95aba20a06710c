package dev.qwen2api.toolcall;

/**
 * A mark that models put around calls.
 *
 * @param type what it stands for
 * @param name the function or parameter that it names; empty where it names none
 * @param end the position behind it
 */
record CallTag(TagType type, String name, int end) {

    enum TagType {
        /** No mark is here. */
        NONE,
        /** What is here may be the beginning of a mark. */
        MORE,
        /** Calls follow. */
        OPEN,
        /** The end of calls. */
        CLOSE,
        /** Stands between a name and its arguments. */
        SEPARATOR,
        /** Opens or closes what plays the result of a call. */
        RESULT,
        /** Opens the call of the function {@link #name()}. */
        FUNCTION,
        FUNCTION_END,
        /** Opens the value of the parameter {@link #name()}. */
        PARAMETER,
        PARAMETER_END
    }

    static final CallTag NONE = new CallTag(TagType.NONE, "", 0);
    static final CallTag MORE = new CallTag(TagType.MORE, "", 0);

    /** Whether a call, or a group of calls, begins here. */
    boolean opens() {
        return type == TagType.OPEN || type == TagType.FUNCTION;
    }

    /** Whether a call, or a group of calls, ends here. */
    boolean closes() {
        return type == TagType.CLOSE || type == TagType.FUNCTION_END;
    }
}
