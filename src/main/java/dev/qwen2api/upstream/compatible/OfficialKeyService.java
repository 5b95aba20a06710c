package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The service that accepts the official key. Key and address are of the same settings, whatever the account of a lease
 * holds: during a reload an old key must not reach a new address, nor a new key an old one.
 */
final class OfficialKeyService implements CompatibleService {

    private final Supplier<Optional<Bearer>> official;

    /** @param official the key of the present settings, with its address */
    OfficialKeyService(Supplier<Optional<Bearer>> official) {
        this.official = official;
    }

    @Override
    public Authorization authorize(Account account) throws UpstreamException {
        return new FixedToken(official.get().orElseThrow(OfficialKeyService::removed));
    }

    private static UpstreamException removed() {
        return new UpstreamException(
                Failure.of(FailureKind.BUSY, "CLI_API_KEY was taken out of .env while the request waited"));
    }
}
