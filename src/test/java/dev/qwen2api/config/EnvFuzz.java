package dev.qwen2api.config;

import dev.qwen2api.fuzz.Pieces;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The file {@code .env}. A value that can be written back is read again as it was; edits change one cookie alone. */
public final class EnvFuzz {

    private static final int SHORT = 600;

    private EnvFuzz() {}

    public static void file(byte[] input) {
        if (!(EnvFile.parse(input) instanceof EnvFile.Parsed parsed)) {
            return;
        }
        SettingsParser.parse(parsed.values(), Map.of());
        String cookies = parsed.values().getOrDefault("QWEN_COOKIES", "");
        List<Secret> list = CookieList.parse(cookies).cookies();
        if (!list.isEmpty() && input.length < SHORT) {
            String text = Pieces.text(input);
            Optional<String> edited =
                    EnvFileEditor.edit(text, 1, list.get(0).reveal(), "token=eyJ.eyJ.sig; refresh_token=r");
            edited.ifPresent(EnvFuzz::hasNew);
        }
    }

    private static void hasNew(String text) {
        if (!text.contains("token=eyJ.eyJ.sig; refresh_token=r")) {
            throw new AssertionError("the new cookie is not in the file");
        }
    }
}
