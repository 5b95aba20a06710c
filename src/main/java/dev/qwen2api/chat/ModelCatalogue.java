package dev.qwen2api.chat;

import java.util.List;

/** The models that the upstream offers. Thread-safe. */
public interface ModelCatalogue {

    /**
     * Returns the active models in the upstream's order, from memory while that is fresh. Empty when none was ever seen
     * and the upstream cannot be asked.
     */
    List<Model> models();

    /** Asks the upstream now, unless that was done a moment ago; returns what is known afterwards. */
    List<Model> refresh();
}
