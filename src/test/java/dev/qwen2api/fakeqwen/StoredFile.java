package dev.qwen2api.fakeqwen;

import java.util.Optional;

/**
 * A file on its way through the three steps of an upload.
 *
 * @param id the file id
 * @param owner the account
 * @param path the object key, {@code <user id>/<file id>_<name>}
 * @param ticket the upload ticket
 * @param upload the PUT that brought the bytes, once it came
 * @param parse how far the parsing is
 */
public record StoredFile(String id, String owner, String path, Ticket ticket, Optional<Request> upload, Parse parse) {
    /** Temporary credentials of the object storage. */
    public record Ticket(String accessKeyId, String accessKeySecret, String securityToken) {
        @Override
        public String toString() {
            return "Ticket[***]";
        }
    }

    /** States of the parsing of a document. */
    public enum Parse {
        /** Not asked for. */
        NONE,
        /** Going on. */
        PENDING,
        /** Done. */
        SUCCESS,
        /** Given up. */
        FAILED
    }

    StoredFile uploaded(Request put) {
        return new StoredFile(id, owner, path, ticket, Optional.of(put), parse);
    }

    StoredFile parsed(Parse state) {
        return new StoredFile(id, owner, path, ticket, upload, state);
    }

    /** The bytes, empty before the upload. */
    public byte[] bytes() {
        return upload.map(Request::body).orElse(new byte[0]);
    }
}
