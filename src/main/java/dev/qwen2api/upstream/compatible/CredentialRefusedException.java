package dev.qwen2api.upstream.compatible;

/** The service said no for good to giving or renewing a credential. Its message is one sentence without a secret. */
final class CredentialRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    CredentialRefusedException(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
