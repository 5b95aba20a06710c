package dev.qwen2api.media;

/** Why something cannot be fetched: the rest of a sentence that begins with the name of the part. */
final class NotFetchedException extends Exception {

    private static final long serialVersionUID = 1L;

    NotFetchedException(String why) {
        super(why);
    }
}
