package dev.qwen2api.store;

/** The file is a good database, but not one that this version may touch. */
final class ForeignDatabaseException extends Exception {

    private static final long serialVersionUID = 1L;

    ForeignDatabaseException(String message) {
        super(message);
    }
}
