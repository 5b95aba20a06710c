package dev.qwen2api.upstream.compatible;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.Credential;
import dev.qwen2api.chat.AnswerPresentation;
import dev.qwen2api.chat.AnswerPresentation.SearchFormat;
import dev.qwen2api.chat.AnswerPresentation.ThinkFormat;
import dev.qwen2api.chat.ChatExecution;
import dev.qwen2api.chat.ModelDirectory;
import dev.qwen2api.chat.RequestTimeouts;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.compatible.CompatibleService.Bearer;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OfficialKeyServiceTest {

    private static final Duration TIME = Duration.ofMinutes(1);

    private final AtomicReference<CliService.Rules> rules =
            new AtomicReference<>(rules("https://old.example/v1", Optional.of("old-key")));
    private final OfficialKeyService service =
            new OfficialKeyService(() -> rules.get().official());
    private final Account leased =
            new Account(AccountId.OFFICIAL_KEY, Account.Source.ENV, Credential.bearer("old-key", Optional.empty()));

    private static CliService.Rules rules(String base, Optional<String> key) {
        return new CliService.Rules(
                URI.create(base),
                key,
                false,
                new ModelDirectory.Names(Map.of(), false),
                new ChatExecution.Rules(
                        new AnswerPresentation(ThinkFormat.FIELD, SearchFormat.TABLE),
                        new RequestTimeouts(TIME, TIME, TIME, TIME, TIME)),
                CooldownPolicy.of(3, Duration.ofMinutes(5)),
                100);
    }

    @Test
    void a_request_that_was_leased_the_old_key_goes_to_the_new_address_with_the_new_one() throws Exception {
        rules.set(rules("https://new.example/v1", Optional.of("new-key")));
        Bearer bearer = service.authorize(leased).bearer().join();
        assertEquals("new-key", bearer.token());
        assertEquals(URI.create("https://new.example"), bearer.base());
    }

    @Test
    void a_key_that_was_taken_away_is_sent_nowhere() {
        rules.set(rules("https://new.example/v1", Optional.empty()));
        assertThrows(UpstreamException.class, () -> service.authorize(leased));
    }
}
