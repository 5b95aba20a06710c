package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.Optional;

/**
 * Reads what stands between the marks of calls, or in a fence: calls as JSON or as XML, with marks, commas and blanks between
 * them. The marks are given back if there was no call between them.
 */
final class CallArea implements Reader {

    private final Desk desk;

    /** Length of the fence around it; 0 for none. */
    private final int fence;

    private boolean marked;

    private final int callsAtStart;

    /** How many calls there were before the last thing that should have been one. */
    private int callsBefore;

    private boolean tried;

    private CallArea(Desk desk, int fence, boolean marked) {
        this.desk = desk;
        this.fence = fence;
        this.marked = marked;
        this.callsAtStart = desk.out().calls();
        this.callsBefore = callsAtStart;
    }

    /** Reads on behind an opening mark. */
    static CallArea marked(Desk desk) {
        return new CallArea(desk, 0, true);
    }

    /** Reads on in a fence, behind its head. */
    static CallArea fenced(Desk desk, int length) {
        return new CallArea(desk, length, false);
    }

    /** Reads on in front of the mark that opens one function. */
    static CallArea unmarked(Desk desk) {
        return new CallArea(desk, 0, false);
    }

    @Override
    public Reader read() {
        Tape tape = desk.tape();
        tape.skipBlanks();
        if (tape.used()) {
            return tape.ended() ? leave() : this;
        }
        char c = tape.charAt(tape.at());
        Tag tag = TagReader.at(tape, tape.at());
        if (tag.kind() == Tag.Kind.MORE) {
            return this;
        }
        if (tag.kind() != Tag.Kind.NONE) {
            return tag(tag);
        }
        if (c == '{' || c == '[') {
            callsBefore = desk.out().calls();
            tried = true;
            return JsonCall.of(desk, marked ? JsonCall.Place.MARKED : JsonCall.Place.FENCED, this);
        }
        if (c == '`') {
            return fence();
        }
        if (succeeded() && "}],;".indexOf(c) >= 0) {
            tape.moveTo(tape.at() + 1);
            tape.drop();
            return this;
        }
        return marked ? named() : leave();
    }

    /** Whether the last thing that should have been a call was one. */
    private boolean succeeded() {
        return tried && desk.out().calls() > callsBefore;
    }

    private boolean hasCalled() {
        return desk.out().calls() > callsAtStart;
    }

    private Reader tag(Tag tag) {
        return switch (tag.kind()) {
            case OPEN -> {
                marked = true;
                yield passOver(tag);
            }
            case SEPARATOR -> passOver(tag);
            case FUNCTION -> function(tag);
            case CLOSE, FUNCTION_END -> close(tag);
            default -> leave();
        };
    }

    private Reader passOver(Tag tag) {
        desk.tape().moveTo(tag.end());
        return this;
    }

    private Reader function(Tag tag) {
        Optional<Tool> tool = desk.tools().find(tag.name());
        if (tool.isEmpty()) {
            desk.tape().moveTo(tag.end());
            return leave();
        }
        callsBefore = desk.out().calls();
        tried = true;
        desk.tape().moveTo(tag.end());
        return new FunctionCall(desk, tool.get(), this);
    }

    private Reader close(Tag tag) {
        desk.tape().moveTo(tag.end());
        if (!succeeded()) {
            return leave();
        }
        desk.tape().drop();
        return fence > 0 ? this : desk.prose();
    }

    /** Reads the line of a fence: the end of the one around, or one that the model put around the JSON between marks. */
    private Reader fence() {
        Tape tape = desk.tape();
        int i = FenceHead.runEnd(tape, tape.at());
        boolean closing = fence > 0;
        int end = i;
        while (!closing
                && end < tape.length()
                && Character.isLetter(tape.charAt(end))
                && end - i < FenceHead.LONGEST_INFO) {
            end++;
        }
        if (end >= tape.length() && !tape.ended()) {
            return this;
        }
        if (i - tape.at() < FenceHead.SHORTEST) {
            return leave();
        }
        tape.moveTo(end);
        if (!closing) {
            return this;
        }
        if (!hasCalled()) {
            return leave();
        }
        tape.drop();
        return desk.prose();
    }

    /** Reads the bare name of a function in front of its arguments: {@code read_file {"path": "a"}}. */
    private Reader named() {
        NamedArguments name = NamedArguments.at(desk);
        if (name.verdict() == Verdict.MORE) {
            return this;
        }
        Optional<Tool> tool = name.verdict() == Verdict.YES ? desk.tools().find(name.name()) : Optional.empty();
        if (tool.isEmpty()) {
            return leave();
        }
        callsBefore = desk.out().calls();
        tried = true;
        desk.tape().moveTo(name.end());
        return JsonCall.ofArguments(desk, tool.get(), this);
    }

    /** Goes back to prose: what comes is no call. */
    private Reader leave() {
        boolean fenceStays = fence > 0 && hasCalled();
        desk.giveBack();
        if (fenceStays) {
            desk.code().openFence(fence);
        }
        return desk.prose();
    }
}
