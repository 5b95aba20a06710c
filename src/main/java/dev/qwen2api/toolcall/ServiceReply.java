package dev.qwen2api.toolcall;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recognises an answer that opens with the service's reply to a native call that it could not run. */
final class ServiceReply {

    private static final String BEGINNING = "Tool ";
    private static final Pattern REPLY = Pattern.compile("Tool (\\S{1,128}) does not exists?\\.");
    private static final int LONGEST = 160;

    private final ToolLookup tools;
    private final StringBuilder held = new StringBuilder();
    private boolean over;
    private boolean missingTool;

    ServiceReply(ToolLookup tools) {
        this.tools = tools;
    }

    /** Returns the text that is certainly none of the reply; holds back what may be its beginning. */
    String filter(String text) {
        if (over) {
            return text;
        }
        held.append(text);
        Matcher reply = REPLY.matcher(held);
        missingTool = reply.lookingAt() && tools.find(reply.group(1)).isPresent();
        int compared = Math.min(held.length(), BEGINNING.length());
        boolean may = held.substring(0, compared).equals(BEGINNING.substring(0, compared));
        over = missingTool || !may || held.length() > LONGEST || held.indexOf("\n") >= 0;
        return over ? rest() : "";
    }

    /** Whether the reply refuses a tool that is offered. */
    boolean isMissingTool() {
        return missingTool;
    }

    /** Returns what is held back. */
    String rest() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }
}
