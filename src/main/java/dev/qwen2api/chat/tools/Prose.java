package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads words and passes them on at once; holds back only what may be the beginning of a call. */
final class Prose implements Reader {

    private static final int MOST_BLANKS = 64;

    private final Desk desk;

    Prose(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Reader read() {
        Tape tape = desk.tape();
        while (!tape.used()) {
            char c = tape.charAt(tape.at());
            Reader next = desk.code().inCodeBefore(c) ? null : opening(c);
            if (next != null) {
                return next;
            }
            desk.code().feed(c);
            tape.moveTo(tape.at() + 1);
        }
        passOn();
        return this;
    }

    private void passOn() {
        desk.out().text(desk.tape().take());
    }

    /** Who reads what begins here; this reader if that cannot be told yet, null if it is words. */
    private @Nullable Reader opening(char c) {
        boolean atLineStart = desk.code().atLineStart();
        return switch (c) {
            case '<', '#' -> mark();
            case '[' -> list(atLineStart);
            case '{' -> atLineStart ? handTo(new BareCall(desk)) : null;
            case '`' -> atLineStart ? fence() : null;
            default -> atLineStart && LabelledCall.mayBeginWith(c) ? labels() : null;
        };
    }

    private Reader handTo(Reader next) {
        passOn();
        return next;
    }

    private @Nullable Reader mark() {
        Tag tag = TagReader.at(desk.tape(), desk.tape().at());
        return switch (tag.kind()) {
            case MORE -> handTo(this);
            case FUNCTION -> handTo(CallArea.unmarked(desk));
            case OPEN -> {
                passOn();
                desk.tape().moveTo(tag.end());
                yield CallArea.marked(desk);
            }
            case CLOSE, FUNCTION_END, PARAMETER_END -> forgotten(tag);
            default -> null;
        };
    }

    /** Passes over a closing mark right behind a call: its opening mark was forgotten, or it closes a group. */
    private @Nullable Reader forgotten(Tag tag) {
        passOn();
        if (desk.out().calls() == 0 || !desk.out().noWordsYet()) {
            return null;
        }
        desk.tape().moveTo(tag.end());
        desk.tape().drop();
        return this;
    }

    /** A mark in square brackets, or an array of calls. */
    private @Nullable Reader list(boolean atLineStart) {
        Reader marked = mark();
        if (marked != null || !atLineStart) {
            return marked;
        }
        Tape tape = desk.tape();
        int first = tape.skipBlanks(tape.at() + 1, tape.at() + MOST_BLANKS);
        if (first >= tape.length()) {
            return tape.ended() ? null : handTo(this);
        }
        return tape.charAt(first) == '{' ? handTo(new BareCall(desk)) : null;
    }

    /** A fence of calls. One without a language may be anything; after words it is an example. */
    private @Nullable Reader fence() {
        FenceHead head = FenceHead.at(desk.tape());
        if (head.verdict() == Verdict.MORE) {
            return handTo(this);
        }
        passOn();
        boolean callsExpected = head.named() || desk.out().noWordsYet();
        if (head.verdict() == Verdict.NO || !callsExpected) {
            return null;
        }
        desk.tape().moveTo(head.end());
        return CallArea.fenced(desk, head.length());
    }

    private @Nullable Reader labels() {
        LabelledCall call = LabelledCall.at(desk);
        if (call.verdict() == Verdict.MORE) {
            return handTo(this);
        }
        Optional<Tool> tool = desk.tools().find(call.tool());
        if (call.verdict() == Verdict.NO || tool.isEmpty()) {
            return null;
        }
        passOn();
        desk.tape().moveTo(call.end());
        return JsonCall.ofArguments(desk, tool.get(), this);
    }
}
