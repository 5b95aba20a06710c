package dev.qwen2api.chat;

/**
 * Estimates the tokens of a text where the upstream sent no count: one for a Chinese, Japanese or Korean character,
 * one for four other characters.
 */
public final class TokenEstimate {

    private static final int CJK_FROM = 0x2E80;
    private static final int OTHERS_PER_TOKEN = 4;

    private long cjk;
    private long others;

    public void add(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= CJK_FROM) {
                cjk++;
            } else {
                others++;
            }
        }
    }

    public int tokens() {
        long tokens = cjk + (others + OTHERS_PER_TOKEN - 1) / OTHERS_PER_TOKEN;
        return (int) Math.min(tokens, Integer.MAX_VALUE);
    }

    /** About how many tokens the conversation costs to read. */
    public static int of(Conversation conversation) {
        var estimate = new TokenEstimate();
        conversation.turns().forEach(message -> {
            estimate.add(message.text());
            message.calls().forEach(call -> estimate.add(call.arguments()));
        });
        conversation.tools().forEach(tool -> {
            estimate.add(tool.description());
            estimate.add(tool.parameters());
        });
        return estimate.tokens();
    }
}
