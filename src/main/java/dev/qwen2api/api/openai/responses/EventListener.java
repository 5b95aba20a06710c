package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Takes the events of a response's stream. */
interface EventListener {

    /** For whoever wants no events. */
    EventListener NONE = new EventListener() {
        @Override
        public void event(String type, ObjectNode fields) {}

        @Override
        public void delta(byte[] head, String text) {}
    };

    /** One event of {@code type}; its name and its number are added to {@code fields}. */
    void event(String type, ObjectNode fields);

    /**
     * More of a text, the event that there are most of.
     *
     * @param head the frame up to the text, made by {@link EventFrames#head}
     */
    void delta(byte[] head, String text);
}
