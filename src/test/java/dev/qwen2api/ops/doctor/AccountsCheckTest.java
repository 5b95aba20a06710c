package dev.qwen2api.ops.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountsCheckTest {

    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Instant UNTIL = NOW.plusSeconds(3_600);

    @Test
    void a_kind_of_request_that_an_account_is_out_for_is_named_with_its_end() {
        var video = new Cooldown(AccountState.LIMITED, FailureKind.QUOTA_EXHAUSTED, NOW, UNTIL, "its quota is used up");
        assertEquals(
                "signed in for chats, but video is limited until 2026-11-29 13:00 Z",
                finding(AccountState.ACTIVE, Map.of(RequestKind.VIDEO, video)).text());
    }

    @Test
    void an_account_that_cools_down_is_not_ok() {
        var chat = new Cooldown(AccountState.COOLING, FailureKind.BUSY, NOW, UNTIL, "it failed");
        Finding finding = finding(AccountState.COOLING, Map.of(RequestKind.CHAT, chat));
        assertEquals(Finding.Grade.WARNING, finding.grade());
        assertEquals("signed in, but cooling until 2026-11-29 13:00 Z: it failed", finding.text());
    }

    private static Finding finding(AccountState state, Map<RequestKind, Cooldown> cooldowns) {
        boolean active = state == AccountState.ACTIVE;
        var status = new AccountStatus(
                TestAccounts.account(1),
                state,
                active ? Optional.empty() : Optional.of("it failed"),
                0,
                Optional.empty(),
                active ? Optional.empty() : Optional.of(UNTIL),
                0,
                cooldowns);
        var accounts = new AccountsCheck.Accounts(List.of(status), List.of());
        return new AccountsCheck(accounts, account -> Optional.empty(), Clock.fixed(NOW, ZoneOffset.UTC))
                .findings()
                .get(0);
    }
}
