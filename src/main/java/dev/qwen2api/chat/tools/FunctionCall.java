package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.Conversation.Tool;
import org.jspecify.annotations.Nullable;

/**
 * Reads the inside of {@code <function=name>}: parameters between tags, as Qwen's coder models write them, or one JSON object.
 * Text is passed on while it comes; a value of another type when it is complete.
 */
final class FunctionCall implements Reader {

    private final Desk desk;
    private final Tool tool;
    private final ParameterTypes types;
    private final Reader next;
    private @Nullable ParameterValue value;
    private boolean opened;
    private boolean first = true;

    FunctionCall(Desk desk, Tool tool, Reader next) {
        this.desk = desk;
        this.tool = tool;
        this.types = ParameterTypes.of(tool);
        this.next = next;
    }

    @Override
    public Reader read() {
        return value == null ? between() : value(value);
    }

    private Reader between() {
        Tape tape = desk.tape();
        tape.skipBlanks();
        if (tape.used()) {
            return tape.ended() ? end() : this;
        }
        Tag tag = TagReader.at(tape, tape.at());
        return switch (tag.kind()) {
            case MORE -> this;
            case PARAMETER -> parameter(tag);
            case PARAMETER_END -> {
                tape.moveTo(tag.end());
                yield this;
            }
            case FUNCTION_END -> {
                open();
                tape.moveTo(tag.end());
                yield end();
            }
            case CLOSE -> {
                open();
                yield end();
            }
            default -> {
                boolean json = !opened && tape.charAt(tape.at()) == '{';
                yield json ? JsonCall.ofArguments(desk, tool, next) : end();
            }
        };
    }

    private void open() {
        if (!opened) {
            opened = true;
            desk.out().open(tool);
        }
    }

    private Reader parameter(Tag tag) {
        open();
        desk.tape().moveTo(tag.end());
        value = new ParameterValue(tag.name(), first ? '{' : ',', types, desk.tape());
        return this;
    }

    private Reader value(ParameterValue current) {
        StringBuilder json = new StringBuilder();
        boolean over = current.read(json);
        desk.out().arguments(json.toString());
        first &= !current.written();
        value = over ? null : current;
        return over ? between() : this;
    }

    /** Completes the call; what was none is given back. */
    private Reader end() {
        if (!opened) {
            return next;
        }
        desk.out().arguments(first ? "{}" : "}");
        desk.tape().drop();
        return next;
    }
}
