package dev.qwen2api.chat.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads JSON that begins a line with nothing around it. It is calls only if all of it names known tools and nothing follows
 * but more of them, a closing mark whose opening the model forgot, or the end.
 */
final class BareCall implements Reader {

    private final Desk desk;
    private final List<Call> calls = new ArrayList<>();
    private LenientJson json = new LenientJson(new CallStop());
    private Envelope envelope = new Envelope();
    private final StringBuilder sound = new StringBuilder();
    private boolean refused;

    BareCall(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Reader read() {
        return json.done() ? readBehind() : readJson();
    }

    private Reader readJson() {
        json.read(desk.tape(), sound);
        envelope.follow(sound);
        boolean unknown =
                !envelope.name().isEmpty() && desk.tools().find(envelope.name()).isEmpty();
        refused |= unknown || envelope.strange();
        if (refused) {
            desk.giveBack();
        }
        if (!json.done()) {
            return this;
        }
        List<Call> found = refused || json.failed()
                ? List.of()
                : CallReader.unmarked(desk.tools()).calls(sound.toString());
        calls.addAll(found);
        return found.isEmpty() ? noCalls() : readBehind();
    }

    private Reader readBehind() {
        Tape tape = desk.tape();
        tape.skipBlanks();
        if (tape.used()) {
            return tape.ended() ? calls() : this;
        }
        char c = tape.charAt(tape.at());
        if (c == '{') {
            json = new LenientJson(new CallStop());
            envelope = new Envelope();
            sound.setLength(0);
            return readJson();
        }
        Tag tag = TagReader.at(tape, tape.at());
        if (tag.kind() == Tag.Kind.MORE) {
            return this;
        }
        return tag.kind() == Tag.Kind.NONE ? noCalls() : calls();
    }

    private Reader calls() {
        calls.forEach(desk.out()::call);
        desk.tape().drop();
        return desk.prose();
    }

    private Reader noCalls() {
        desk.giveBack();
        return desk.prose();
    }
}
