package dev.qwen2api.api.json;

import java.io.InputStream;

/** The memory that the tree of a body takes; implemented by bodies that bound it. */
@FunctionalInterface
public interface TreeMemory {

    /**
     * Reserves memory for further nodes of the tree, until the request ends.
     *
     * @throws dev.qwen2api.failure.ProblemException when there is too little
     */
    void reserve(long bytes);

    /** The memory that this body bounds. */
    static TreeMemory of(InputStream body) {
        return body instanceof TreeMemory bounded ? bounded : bytes -> {};
    }
}
