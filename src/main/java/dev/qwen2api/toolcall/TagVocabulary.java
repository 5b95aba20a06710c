package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.TagType;
import java.util.HashMap;
import java.util.Map;

/**
 * The words that models write into one kind of bracket, in lower case and without {@code _}, {@code -} and spaces. They
 * are the forms of Qwen (Hermes and coder), Qwen-Agent, Kimi, DeepSeek, Mistral, Llama and Claude, all of which Qwen's
 * models have seen and fall back to.
 */
final class TagVocabulary {

    /** {@code <word>} */
    static final TagVocabulary ANGLE = new TagVocabulary('>', "_-")
            .with(TagType.OPEN, "toolcall toolcalls tools tooluse toolcode functioncall functioncalls")
            .with(TagType.RESULT, "toolresponse toolresult tooloutput")
            .with(TagType.RESULT, "functionresponse functionresult functionresults")
            .with(TagType.FUNCTION, "function invoke")
            .with(TagType.PARAMETER, "parameter param");

    /** {@code <|word|>}, also with full-width bars */
    static final TagVocabulary PIPED = new TagVocabulary('>', "_-\u2581")
            .with(TagType.OPEN, "toolcall toolcalls toolcallstart toolcallbegin toolcallsbegin")
            .with(TagType.OPEN, "toolcallssectionbegin pythontag")
            .with(TagType.SEPARATOR, "toolsep toolcallargumentbegin")
            .with(TagType.CLOSE, "toolcallend toolcallsend toolcallssectionend imend endoftext")
            .with(TagType.RESULT, "toolresponse tooloutputbegin tooloutputsbegin imstart");

    /** {@code [word]} */
    static final TagVocabulary SQUARE = new TagVocabulary(']', "_- ")
            .with(TagType.OPEN, "toolcall toolcalls functioncall functioncalls toolrequest")
            .with(TagType.RESULT, "toolresult toolresults toolresponse")
            .with(TagType.SEPARATOR, "args")
            .with(TagType.CLOSE, "endtoolcall endtoolcalls endtoolrequest");

    /** {@code ##word##} */
    static final TagVocabulary HASHES =
            new TagVocabulary('#', "_- ").with(TagType.OPEN, "toolcall").with(TagType.CLOSE, "endtoolcall endcall");

    private final char closingBracket;
    private final String joints;
    private final Map<String, TagType> types = new HashMap<>();

    private TagVocabulary(char closingBracket, String joints) {
        this.closingBracket = closingBracket;
        this.joints = joints;
    }

    private TagVocabulary with(TagType type, String words) {
        for (String word : words.split(" ", -1)) {
            types.put(word, type);
        }
        return this;
    }

    char closingBracket() {
        return closingBracket;
    }

    /** Whether {@code c} may stand between the parts of a word. */
    boolean isJoint(char c) {
        return joints.indexOf(c) >= 0;
    }

    /** What a word stands for; {@link TagType#NONE} if it is none of ours. */
    TagType typeOf(String word) {
        return types.getOrDefault(word, TagType.NONE);
    }

    /** Whether some word begins like this. */
    boolean startsLike(CharSequence beginning) {
        String wanted = beginning.toString();
        for (String word : types.keySet()) {
            if (word.startsWith(wanted)) {
                return true;
            }
        }
        return false;
    }
}
