package dev.qwen2api.chat;

/** Spools bytes from request bodies into files. Thread-safe. */
@FunctionalInterface
public interface UploadSpooler {

    /** Bytes on their way in. Used by one thread; closing it throws them away, whether or not they are whole. */
    interface Parcel extends AutoCloseable {

        /**
         * Takes in more bytes.
         *
         * @throws dev.qwen2api.failure.ProblemException when there is no room for them
         */
        void write(byte[] bytes, int offset, int length);

        /** Says that nothing more comes. The attachment is to be closed, which closes the parcel too. */
        Attachment finish();

        @Override
        void close();
    }

    /** A parcel with nothing in it. */
    Parcel begin();
}
