package dev.qwen2api;

import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.config.EnvReloader.SettingsChange;
import dev.qwen2api.config.Settings;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies changed settings to the parts of the gateway and logs those that need a restart. A running request keeps the
 * rules of chats that it began with; addresses and headers of the service count from its next call, limits at once.
 */
final class SettingsReload implements EnvReloader.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsReload.class);
    private static final String COOKIES = "QWEN_COOKIES";

    private final AccountRegistry accounts;
    private final List<Consumer<Settings>> parts;

    SettingsReload(AccountRegistry accounts, List<Consumer<Settings>> parts) {
        this.accounts = accounts;
        this.parts = List.copyOf(parts);
    }

    @Override
    public void apply(SettingsChange change) {
        LOG.info("[CONFIG] 开始重新加载配置...");
        change.warnings().forEach(warning -> LOG.warn("[CONFIG] {}", warning));
        change.changed().forEach(name -> LOG.info("[CONFIG] 更新环境变量: {}", name));
        change.afterRestart()
                .forEach(name ->
                        LOG.warn("[CONFIG] {} takes effect after a restart; until then the old value stays", name));
        parts.forEach(part -> part.accept(change.settings()));
        if (change.changed().contains(COOKIES)) {
            replaceAccounts(SettingsMapping.cookies(change.settings()));
        }
        LOG.info("[CONFIG] ✅ 配置重载成功，更新了 {} 个环境变量", change.changed().size());
    }

    private void replaceAccounts(List<String> cookies) {
        LOG.info("[CONFIG] 检测到 QWEN_COOKIES 变化，清空数据库...");
        AccountRegistry.Reload done = accounts.reload(cookies);
        if (done.stayed() == 0) {
            LOG.info("[SQLITE] 所有账户已清空");
        } else {
            LOG.info("[SQLITE] 来自 .env 的账户已清空，保留 {} 个通过 API 添加的账户", done.stayed());
        }
        LOG.info("[ACCOUNT] 配置文件已更新，重新加载账户...");
        done.unusable().forEach(SettingsReload::logUnusable);
    }

    static void logUnusable(int num) {
        LOG.warn("[ACCOUNT] account_{}: its cookie in QWEN_COOKIES has no usable token and is ignored", num);
    }
}
