package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.Kind;
import java.util.Map;

/**
 * The words that models write into one kind of bracket, in lower case and without {@code _}, {@code -} and spaces. They are
 * the forms of Qwen (Hermes and coder), Qwen-Agent, Kimi, DeepSeek, Mistral, Llama and Claude, all of which Qwen's models
 * have seen and fall back to.
 */
final class TagVocabulary {

    /** {@code <word>} */
    static final TagVocabulary ANGLE = new TagVocabulary(
            '>',
            "_-",
            Map.ofEntries(
                    Map.entry("toolcall", Kind.OPEN),
                    Map.entry("toolcalls", Kind.OPEN),
                    Map.entry("tools", Kind.OPEN),
                    Map.entry("tooluse", Kind.OPEN),
                    Map.entry("toolcode", Kind.OPEN),
                    Map.entry("functioncall", Kind.OPEN),
                    Map.entry("functioncalls", Kind.OPEN),
                    Map.entry("function", Kind.FUNCTION),
                    Map.entry("invoke", Kind.FUNCTION),
                    Map.entry("parameter", Kind.PARAMETER),
                    Map.entry("param", Kind.PARAMETER)));

    /** {@code <|word|>}, also with full-width bars */
    static final TagVocabulary PIPED = new TagVocabulary(
            '>',
            "_-\u2581",
            Map.ofEntries(
                    Map.entry("toolcall", Kind.OPEN),
                    Map.entry("toolcalls", Kind.OPEN),
                    Map.entry("toolcallstart", Kind.OPEN),
                    Map.entry("toolcallbegin", Kind.OPEN),
                    Map.entry("toolcallsbegin", Kind.OPEN),
                    Map.entry("toolcallssectionbegin", Kind.OPEN),
                    Map.entry("pythontag", Kind.OPEN),
                    Map.entry("toolsep", Kind.SEPARATOR),
                    Map.entry("toolcallargumentbegin", Kind.SEPARATOR),
                    Map.entry("toolcallend", Kind.CLOSE),
                    Map.entry("toolcallsend", Kind.CLOSE),
                    Map.entry("toolcallssectionend", Kind.CLOSE),
                    Map.entry("imend", Kind.CLOSE),
                    Map.entry("endoftext", Kind.CLOSE)));

    /** {@code [word]} */
    static final TagVocabulary SQUARE = new TagVocabulary(
            ']',
            "_- ",
            Map.of(
                    "toolcall", Kind.OPEN,
                    "toolcalls", Kind.OPEN,
                    "functioncall", Kind.OPEN,
                    "functioncalls", Kind.OPEN,
                    "toolrequest", Kind.OPEN,
                    "args", Kind.SEPARATOR,
                    "endtoolcall", Kind.CLOSE,
                    "endtoolcalls", Kind.CLOSE,
                    "endtoolrequest", Kind.CLOSE));

    /** {@code ##word##} */
    static final TagVocabulary HASHES = new TagVocabulary(
            '#',
            "_- ",
            Map.of(
                    "toolcall", Kind.OPEN,
                    "endtoolcall", Kind.CLOSE,
                    "endcall", Kind.CLOSE));

    private final char closingBracket;
    private final String joints;
    private final Map<String, Kind> kinds;

    private TagVocabulary(char closingBracket, String joints, Map<String, Kind> kinds) {
        this.closingBracket = closingBracket;
        this.joints = joints;
        this.kinds = kinds;
    }

    char closingBracket() {
        return closingBracket;
    }

    /** Whether {@code c} may stand between the parts of a word. */
    boolean isJoint(char c) {
        return joints.indexOf(c) >= 0;
    }

    /** What a word stands for; {@link Kind#NONE} if it is none of ours. */
    Kind kindOf(String word) {
        return kinds.getOrDefault(word, Kind.NONE);
    }

    /** Whether some word begins like this. */
    boolean startsLike(CharSequence beginning) {
        String wanted = beginning.toString();
        for (String word : kinds.keySet()) {
            if (word.startsWith(wanted)) {
                return true;
            }
        }
        return false;
    }
}
