package dev.qwen2api.api.openai.responses;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ids of responses and of their items. An item's id contains its response's, so that items need no index. */
final class ItemIds {

    static final String RESPONSE = "resp_";
    static final String MESSAGE = "msg_";
    static final String REASONING = "rs_";
    static final String FUNCTION_CALL = "fc_";
    static final String CUSTOM_CALL = "ctc_";
    static final String COMPACTION = "cmp_";

    private static final Pattern ITEM = Pattern.compile("[a-z]{2,3}_([0-9a-f]{32})_\\d{1,6}");

    private ItemIds() {}

    /** Names the item at {@code index} of a response. */
    static String item(String prefix, String response, int index) {
        return prefix + response.substring(RESPONSE.length()) + "_" + index;
    }

    /** The response that an item belongs to; empty where the item is none of ours. */
    static Optional<String> responseOf(String item) {
        Matcher name = ITEM.matcher(item);
        return name.matches() ? Optional.of(RESPONSE + name.group(1)) : Optional.empty();
    }
}
