package dev.qwen2api.chat;

import java.util.List;
import java.util.function.BooleanSupplier;

/** Downloads or decodes the attachments of a conversation so that they can be uploaded. Thread-safe. */
public interface AttachmentResolver {

    /** What was gathered for one request; closing it throws the bytes away. */
    interface Resolved extends AutoCloseable {

        /** The conversation; every medium in it is {@link Media.Attached}. */
        Conversation conversation();

        /** What is left out of it, for the client and the log, such as {@code 2 attachments}. */
        default List<String> omitted() {
            return List.of();
        }

        @Override
        void close();
    }

    /**
     * Gathers what a conversation refers to, before anybody is asked anything.
     *
     * @param gone whether the client has hung up, which ends the work; asked again and again while something is
     *     waited for
     * @throws dev.qwen2api.failure.ProblemException naming the part that cannot be taken, with nothing left open
     * @throws ClientGoneException when the client has hung up
     */
    Resolved gather(Conversation conversation, BooleanSupplier gone) throws InterruptedException;
}
