package dev.qwen2api.store;

import dev.qwen2api.upstream.qwen.NativeTools;
import java.util.Optional;

/** Stores the tool settings that accounts had before the gateway switched them off, by user. */
public final class SqlToolSettings implements NativeTools.Store {

    private static final String NAME = "native tools of ";

    private final SqlKeyValues values;

    public SqlToolSettings(SqlKeyValues values) {
        this.values = values;
    }

    @Override
    public Optional<String> load(String user) {
        return values.load(NAME + user);
    }

    @Override
    public boolean save(String user, String former) {
        return values.saveNow(NAME + user, former);
    }

    @Override
    public void remove(String user) {
        values.remove(NAME + user);
    }
}
