package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.TagType;
import java.util.Map;

/**
 * The words that models write into one kind of bracket, in lower case and without {@code _}, {@code -} and spaces. They
 * are the forms of Qwen (Hermes and coder), Qwen-Agent, Kimi, DeepSeek, Mistral, Llama and Claude, all of which Qwen's
 * models have seen and fall back to.
 */
final class TagVocabulary {

    /** {@code <word>} */
    static final TagVocabulary ANGLE = new TagVocabulary(
            '>',
            "_-",
            Map.ofEntries(
                    Map.entry("toolcall", TagType.OPEN),
                    Map.entry("toolcalls", TagType.OPEN),
                    Map.entry("tools", TagType.OPEN),
                    Map.entry("tooluse", TagType.OPEN),
                    Map.entry("toolcode", TagType.OPEN),
                    Map.entry("functioncall", TagType.OPEN),
                    Map.entry("functioncalls", TagType.OPEN),
                    Map.entry("toolresponse", TagType.RESULT),
                    Map.entry("toolresult", TagType.RESULT),
                    Map.entry("tooloutput", TagType.RESULT),
                    Map.entry("functionresponse", TagType.RESULT),
                    Map.entry("functionresult", TagType.RESULT),
                    Map.entry("functionresults", TagType.RESULT),
                    Map.entry("function", TagType.FUNCTION),
                    Map.entry("invoke", TagType.FUNCTION),
                    Map.entry("parameter", TagType.PARAMETER),
                    Map.entry("param", TagType.PARAMETER)));

    /** {@code <|word|>}, also with full-width bars */
    static final TagVocabulary PIPED = new TagVocabulary(
            '>',
            "_-\u2581",
            Map.ofEntries(
                    Map.entry("toolcall", TagType.OPEN),
                    Map.entry("toolcalls", TagType.OPEN),
                    Map.entry("toolcallstart", TagType.OPEN),
                    Map.entry("toolcallbegin", TagType.OPEN),
                    Map.entry("toolcallsbegin", TagType.OPEN),
                    Map.entry("toolcallssectionbegin", TagType.OPEN),
                    Map.entry("pythontag", TagType.OPEN),
                    Map.entry("toolsep", TagType.SEPARATOR),
                    Map.entry("toolcallargumentbegin", TagType.SEPARATOR),
                    Map.entry("toolcallend", TagType.CLOSE),
                    Map.entry("toolcallsend", TagType.CLOSE),
                    Map.entry("toolcallssectionend", TagType.CLOSE),
                    Map.entry("toolresponse", TagType.RESULT),
                    Map.entry("tooloutputbegin", TagType.RESULT),
                    Map.entry("tooloutputsbegin", TagType.RESULT),
                    Map.entry("imstart", TagType.RESULT),
                    Map.entry("imend", TagType.CLOSE),
                    Map.entry("endoftext", TagType.CLOSE)));

    /** {@code [word]} */
    static final TagVocabulary SQUARE = new TagVocabulary(
            ']',
            "_- ",
            Map.ofEntries(
                    Map.entry("toolcall", TagType.OPEN),
                    Map.entry("toolcalls", TagType.OPEN),
                    Map.entry("functioncall", TagType.OPEN),
                    Map.entry("functioncalls", TagType.OPEN),
                    Map.entry("toolrequest", TagType.OPEN),
                    Map.entry("toolresult", TagType.RESULT),
                    Map.entry("toolresults", TagType.RESULT),
                    Map.entry("toolresponse", TagType.RESULT),
                    Map.entry("args", TagType.SEPARATOR),
                    Map.entry("endtoolcall", TagType.CLOSE),
                    Map.entry("endtoolcalls", TagType.CLOSE),
                    Map.entry("endtoolrequest", TagType.CLOSE)));

    /** {@code ##word##} */
    static final TagVocabulary HASHES = new TagVocabulary(
            '#',
            "_- ",
            Map.of(
                    "toolcall", TagType.OPEN,
                    "endtoolcall", TagType.CLOSE,
                    "endcall", TagType.CLOSE));

    private final char closingBracket;
    private final String joints;
    private final Map<String, TagType> types;

    private TagVocabulary(char closingBracket, String joints, Map<String, TagType> types) {
        this.closingBracket = closingBracket;
        this.joints = joints;
        this.types = types;
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
