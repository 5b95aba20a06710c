package dev.qwen2api.ops.doctor;

import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Looks who can reach the gateway, and how hard its keys are to guess. */
public final class ExposureCheck implements Check {

    private static final String SUBJECT = "keys";
    private static final String EXAMPLE = "sk-your-secret-key";
    private static final int LONG_ENOUGH = 20;
    private static final int VARIED_ENOUGH = 8;

    private final Settings settings;

    public ExposureCheck(Settings settings) {
        this.settings = settings;
    }

    @Override
    public List<Finding> findings() {
        boolean exposed = !isLoopback(settings.server().address());
        var found = new ArrayList<Finding>();
        List<Secret> keys = new ArrayList<>(settings.keys().api());
        settings.keys().admin().ifPresent(keys::add);
        if (keys.stream().anyMatch(key -> key.reveal().equals(EXAMPLE))) {
            String text = "a key is the one of the example, which everybody knows";
            String advice = "choose your own: openssl rand -hex 24";
            found.add(exposed ? Finding.error(SUBJECT, text, advice) : Finding.warning(SUBJECT, text, advice));
        } else if (keys.stream().anyMatch(key -> isWeak(key.reveal()))) {
            found.add(Finding.warning(
                    SUBJECT,
                    exposed
                            ? "a key is easily guessed, and other machines can reach the port"
                            : "a key is easily guessed, though only this machine can reach the port",
                    "take at least " + LONG_ENOUGH + " random characters: openssl rand -hex 24"));
        }
        if (settings.server().metricsPublic() && exposed) {
            found.add(Finding.warning(
                    SUBJECT,
                    "METRICS_PUBLIC shows your usage to whoever reaches the port",
                    "set it to false, and give the scraper a key"));
        }
        if (settings.keys().admin().isEmpty() && settings.keys().api().size() > 1) {
            found.add(Finding.warning(
                    SUBJECT, "there are several API keys, and each of them manages your accounts", "set ADMIN_KEY"));
        }
        if (found.isEmpty()) {
            found.add(Finding.ok(
                    SUBJECT,
                    exposed
                            ? "long enough; other machines can reach the port"
                            : "only this machine can reach the port"));
        }
        return found;
    }

    private static boolean isWeak(String key) {
        return key.length() < LONG_ENOUGH || key.chars().distinct().count() < VARIED_ENOUGH;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException nowhere) {
            return false;
        }
    }
}
