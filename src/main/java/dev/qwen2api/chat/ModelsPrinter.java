package dev.qwen2api.chat;

import dev.qwen2api.chat.ModelDirectory.Listing;
import java.util.List;

/** Prints models as the JSON bodies of a dialect. Thread-safe. */
public interface ModelsPrinter {

    /** The list of all. */
    byte[] list(List<Listing> models);

    /** One of them. */
    byte[] one(Listing model);
}
