package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeSpanTrackerTest {

    /** Each text marks with {@code !} what stands in code, with {@code ?} what does not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "? `!` ? ``!`!`` ?",
                "a ` ! \n ? `!`",
                "?\n```\n!\n```\n?",
                "?\n```js\n! ``` !\n  ``` \n?",
                "````\n!\n```\n!\n````\n?",
                "~~~\n!\n```\n!\n~~~\n?",
                "```one line``` ?",
                "  ```\n!\n  ```\n?",
                "x ```\n?",
                "```\n!\n``` not the end\n!\n```\n?",
                "~ ? ~~ ? ~~~ ?"
            })
    void code_is_told_from_words(String text) {
        CodeSpanTracker tracker = new CodeSpanTracker();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean inCode = tracker.inCodeBefore(c);
            if (c == '!' || c == '?') {
                assertEquals(c == '!', inCode, text);
            }
            tracker.feed(c);
        }
    }
}
