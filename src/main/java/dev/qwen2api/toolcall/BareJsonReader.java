package dev.qwen2api.toolcall;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads JSON that begins a line with nothing around it. It is calls only if all of it names known tools and nothing follows
 * but more of them, a closing mark whose opening the model forgot, or the end.
 */
final class BareJsonReader implements TextReader {

    private final ReaderContext readerContext;
    private final List<ParsedToolCall> calls = new ArrayList<>();
    private LenientJson json = new LenientJson(new CallTerminator());
    private CallShapeDetector callShapeDetector = new CallShapeDetector();
    private final StringBuilder sound = new StringBuilder();
    private boolean refused;

    BareJsonReader(ReaderContext readerContext) {
        this.readerContext = readerContext;
    }

    @Override
    public TextReader read() {
        return json.done() ? readBehind() : readJson();
    }

    private TextReader readJson() {
        json.read(readerContext.tape(), sound);
        callShapeDetector.follow(sound);
        boolean unknown = !callShapeDetector.name().isEmpty()
                && readerContext.tools().find(callShapeDetector.name()).isEmpty();
        refused |= unknown || callShapeDetector.strange();
        if (refused) {
            readerContext.giveBack();
        }
        if (!json.done()) {
            return this;
        }
        List<ParsedToolCall> found = refused || json.failed()
                ? List.of()
                : CallExtractor.unmarked(readerContext.tools()).calls(sound.toString());
        calls.addAll(found);
        return found.isEmpty() ? noCalls() : readBehind();
    }

    private TextReader readBehind() {
        TextBuffer textBuffer = readerContext.tape();
        textBuffer.skipBlanks();
        if (textBuffer.used()) {
            return textBuffer.ended() ? calls() : this;
        }
        char c = textBuffer.charAt(textBuffer.at());
        if (c == '{') {
            json = new LenientJson(new CallTerminator());
            callShapeDetector = new CallShapeDetector();
            sound.setLength(0);
            return readJson();
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, textBuffer.at());
        if (callTag.kind() == CallTag.Kind.MORE) {
            return this;
        }
        return callTag.kind() == CallTag.Kind.NONE ? noCalls() : calls();
    }

    private TextReader calls() {
        calls.forEach(readerContext.out()::call);
        readerContext.tape().drop();
        return readerContext.prose();
    }

    private TextReader noCalls() {
        readerContext.giveBack();
        return readerContext.prose();
    }
}
