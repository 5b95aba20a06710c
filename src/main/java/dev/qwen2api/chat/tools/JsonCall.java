package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON value that should be a call, or several. Where the function is named first, the call is opened at once and its
 * arguments are passed on as they come; any other order waits for the end. What is no call is given back, as soon as that is
 * known, but read to its end all the same: nothing in its strings is taken for a call.
 */
final class JsonCall implements Reader {

    /** What stands around the JSON. */
    enum Place {
        /** Marks that say that it is a call. */
        MARKED,
        /** A fence: it may as well be an example, or the answer. */
        FENCED
    }

    private final Desk desk;
    private final Place place;
    private final Reader next;

    /** The tool that was named before the JSON, which then holds its arguments. */
    private final @Nullable Tool named;

    private final LenientJson json = new LenientJson(new CallStop());
    private final Envelope envelope = new Envelope();
    private final StringBuilder sound = new StringBuilder();
    private boolean opened;
    private boolean refused;
    private int passedOn;

    private JsonCall(Desk desk, Place place, @Nullable Tool named, Reader next) {
        this.desk = desk;
        this.place = place;
        this.named = named;
        this.next = next;
    }

    /** Reads a call that names its function itself. */
    static Reader of(Desk desk, Place place, Reader next) {
        return new JsonCall(desk, place, null, next);
    }

    /** Reads the arguments of a call whose function was named before. */
    static Reader ofArguments(Desk desk, Tool named, Reader next) {
        return new JsonCall(desk, Place.MARKED, named, next);
    }

    @Override
    public Reader read() {
        json.read(desk.tape(), sound);
        if (!refused && named == null) {
            follow();
        }
        if (refused) {
            desk.giveBack();
        } else if (json.done()) {
            finish();
        }
        return json.done() ? next : this;
    }

    private void follow() {
        envelope.follow(sound);
        if (opened) {
            passOn();
            return;
        }
        Optional<Tool> tool = desk.tools().find(envelope.name());
        boolean unknown = tool.isEmpty() && !envelope.name().isEmpty();
        refused = unknown || envelope.strange() && place == Place.FENCED;
        if (!refused && tool.isPresent() && envelope.argumentsBegun()) {
            desk.out().open(tool.get());
            opened = true;
            passedOn = envelope.argumentsStart();
            passOn();
        }
    }

    private void passOn() {
        int end = envelope.argumentsEnd();
        desk.out().arguments(sound.substring(passedOn, end));
        passedOn = end;
    }

    private void finish() {
        List<Call> calls = opened || json.failed() ? List.of() : calls(sound.toString());
        calls.forEach(desk.out()::call);
        if (opened || !calls.isEmpty()) {
            desk.tape().drop();
        } else {
            desk.giveBack();
        }
    }

    private List<Call> calls(String text) {
        boolean mayLackArguments = place == Place.MARKED && !json.brokenOff();
        CallReader reader = mayLackArguments ? CallReader.marked(desk.tools()) : CallReader.unmarked(desk.tools());
        if (named == null) {
            return reader.calls(text);
        }
        List<Call> whole = CallReader.unmarked(desk.tools()).calls(text);
        boolean object = JsonText.isObject(text);
        return !whole.isEmpty() ? whole : object ? List.of(new Call(named, text)) : List.of();
    }
}
