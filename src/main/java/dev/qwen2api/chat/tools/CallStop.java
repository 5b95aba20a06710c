package dev.qwen2api.chat.tools;

/** The marks around calls, and the end of a fence, as what ends JSON from outside. */
final class CallStop implements JsonStop {

    /** Longest stretch of blanks that is looked over. */
    private static final int REACH = 256;

    private static final int FENCE = 3;

    /** Most closing marks that may follow each other: of parameter, function, call and group. */
    private static final int MOST_MARKS = 4;

    @Override
    public Verdict here(Tape tape, int at) {
        char c = tape.charAt(at);
        if (c == '`') {
            return fence(tape, at);
        }
        Tag tag = TagReader.at(tape, at);
        return switch (tag.kind()) {
            case MORE -> Verdict.MORE;
            case NONE, PARAMETER, PARAMETER_END -> Verdict.NO;
            default -> Verdict.YES;
        };
    }

    private static Verdict fence(Tape tape, int at) {
        for (int i = at; i < at + FENCE; i++) {
            if (i >= tape.length()) {
                return tape.outOfText(Verdict.NO);
            }
            if (tape.charAt(i) != '`') {
                return Verdict.NO;
            }
        }
        return Verdict.YES;
    }

    @Override
    public Verdict last(Tape tape, int at) {
        char c = tape.charAt(at);
        if (c == '`') {
            return lastFence(tape, at);
        }
        Tag tag = TagReader.at(tape, at);
        if (tag.kind() == Tag.Kind.MORE) {
            return Verdict.MORE;
        }
        return tag.closes() ? lastBehind(tape, tag.end()) : Verdict.NO;
    }

    private static Verdict lastFence(Tape tape, int at) {
        boolean ownLine = at > 0 && tape.charAt(at - 1) == '\n';
        Verdict fence = ownLine ? fence(tape, at) : Verdict.NO;
        return fence == Verdict.YES ? lastBehind(tape, at + FENCE) : fence;
    }

    /** Whether nothing follows but a few more closing marks and then the end, or a call on a line of its own. */
    private static Verdict lastBehind(Tape tape, int behind) {
        int from = behind;
        for (int marks = 0; marks < MOST_MARKS; marks++) {
            int next = tape.skipBlanks(from, from + REACH);
            if (next >= tape.length()) {
                return tape.outOfText(Verdict.YES);
            }
            Tag tag = TagReader.at(tape, next);
            if (tag.kind() == Tag.Kind.MORE) {
                return Verdict.MORE;
            }
            if (!tag.closes()) {
                boolean ownLine = tape.slice(from, next).indexOf('\n') >= 0;
                return tag.opens() && ownLine ? Verdict.YES : Verdict.NO;
            }
            from = tag.end();
        }
        return Verdict.NO;
    }
}
