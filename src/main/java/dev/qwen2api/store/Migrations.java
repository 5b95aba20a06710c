package dev.qwen2api.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Migrates a database to the newest schema, in one transaction: each would wait for the disk. */
final class Migrations {

    /** Identifies our files ({@code PRAGMA application_id}): the letters Qw2A. */
    static final int APPLICATION_ID = 0x51773241;

    private static final List<String> VERSIONS = List.of("""
            CREATE TABLE account (
                num     INTEGER PRIMARY KEY,
                source  TEXT NOT NULL,
                cookie  TEXT NOT NULL,
                origin  TEXT NOT NULL,
                removed INTEGER NOT NULL DEFAULT 0
            );
            CREATE TABLE health (
                num      INTEGER PRIMARY KEY,
                failures INTEGER NOT NULL,
                rests    INTEGER NOT NULL,
                state    TEXT,
                until    INTEGER,
                reason   TEXT
            );
            CREATE TABLE chat (
                chat_id TEXT PRIMARY KEY,
                num     INTEGER NOT NULL
            );
            CREATE TABLE usage (
                day      TEXT NOT NULL,
                num      INTEGER NOT NULL,
                model    TEXT NOT NULL,
                requests INTEGER NOT NULL,
                input    INTEGER NOT NULL,
                output   INTEGER NOT NULL,
                PRIMARY KEY (day, num, model)
            );
            CREATE TABLE kept (
                name  TEXT PRIMARY KEY,
                value TEXT NOT NULL
            );
            """, """
            CREATE TABLE cli (
                num      INTEGER PRIMARY KEY,
                user     TEXT NOT NULL,
                access   TEXT,
                refresh  TEXT,
                resource TEXT,
                expires  INTEGER,
                state    TEXT,
                reason   TEXT,
                until    INTEGER,
                day      TEXT NOT NULL,
                requests INTEGER NOT NULL
            );
            """, """
            CREATE TABLE upload (
                user   TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                name   TEXT NOT NULL,
                file   TEXT NOT NULL,
                until  INTEGER NOT NULL,
                PRIMARY KEY (user, sha256, name)
            );
            """, """
            CREATE TABLE video (
                id      TEXT PRIMARY KEY,
                owner   TEXT NOT NULL,
                model   TEXT NOT NULL,
                prompt  TEXT NOT NULL,
                size    TEXT NOT NULL,
                created INTEGER NOT NULL,
                status  TEXT NOT NULL,
                num     INTEGER NOT NULL,
                task    TEXT,
                url     TEXT,
                code    TEXT,
                message TEXT,
                ended   INTEGER NOT NULL
            );
            """, """
            DROP TABLE health;
            CREATE TABLE health (
                user     TEXT PRIMARY KEY,
                failures INTEGER NOT NULL,
                rests    INTEGER NOT NULL,
                state    TEXT,
                until    INTEGER,
                reason   TEXT
            );
            """, """
            CREATE TABLE hidden (origin TEXT PRIMARY KEY);
            INSERT OR IGNORE INTO hidden (origin) SELECT origin FROM account WHERE removed = 1;
            DELETE FROM account WHERE removed = 1;
            ALTER TABLE account DROP COLUMN removed;
            """, """
            ALTER TABLE chat ADD COLUMN user TEXT;
            """, """
            ALTER TABLE health RENAME TO health_of_accounts;
            CREATE TABLE health (
                user     TEXT NOT NULL,
                kind     TEXT NOT NULL,
                failures INTEGER NOT NULL,
                rests    INTEGER NOT NULL,
                state    TEXT,
                cause    TEXT,
                begun    INTEGER,
                until    INTEGER,
                reason   TEXT,
                PRIMARY KEY (user, kind)
            );
            INSERT INTO health (user, kind, failures, rests, state, cause, begun, until, reason)
                SELECT user,
                    CASE WHEN state IN ('EXPIRED', 'CHALLENGED') THEN 'SESSION' ELSE 'CHAT' END,
                    failures, rests, state,
                    CASE state
                        WHEN 'EXPIRED' THEN 'EXPIRED' WHEN 'CHALLENGED' THEN 'CHALLENGED'
                        WHEN 'LIMITED' THEN 'RATE_LIMITED'
                        WHEN 'DISABLED' THEN 'FORBIDDEN' WHEN 'COOLING' THEN 'BUSY' END,
                    0, until, coalesce(reason, '')
                FROM health_of_accounts;
            DROP TABLE health_of_accounts;
            ALTER TABLE usage RENAME TO usage_of_numbers;
            CREATE TABLE usage (
                day      TEXT NOT NULL,
                num      INTEGER NOT NULL,
                user     TEXT NOT NULL,
                model    TEXT NOT NULL,
                requests INTEGER NOT NULL,
                input    INTEGER NOT NULL,
                output   INTEGER NOT NULL,
                PRIMARY KEY (day, num, user, model)
            );
            INSERT INTO usage (day, num, user, model, requests, input, output)
                SELECT day, num, '', model, requests, input, output FROM usage_of_numbers;
            DROP TABLE usage_of_numbers;
            CREATE TABLE retired (
                origin TEXT PRIMARY KEY,
                cookie TEXT NOT NULL,
                since  INTEGER NOT NULL
            );
            """, """
            CREATE TABLE cli_user (
                user     TEXT PRIMARY KEY,
                access   TEXT,
                refresh  TEXT,
                resource TEXT,
                expires  INTEGER,
                state    TEXT,
                reason   TEXT,
                until    INTEGER,
                day      TEXT NOT NULL,
                requests INTEGER NOT NULL
            );
            INSERT OR REPLACE INTO cli_user
                SELECT user, access, refresh, resource, expires, state, reason, until, day, requests
                FROM cli ORDER BY num;
            DROP TABLE cli;
            """, """
            ALTER TABLE video ADD COLUMN user TEXT;
            """);

    private Migrations() {}

    /** The file is a valid database that this version must not change. */
    static final class ForeignDatabaseException extends Exception {
        private static final long serialVersionUID = 1L;

        ForeignDatabaseException(String message) {
            super(message);
        }
    }

    static int newest() {
        return VERSIONS.size();
    }

    static void run(Connection connection) throws SQLException {
        if (version(connection) == newest()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try {
                for (String version : VERSIONS.subList(version(connection), newest())) {
                    for (String sql : version.split(";", -1)) {
                        if (!sql.isBlank()) {
                            statement.execute(sql);
                        }
                    }
                }
                statement.execute("PRAGMA application_id = " + APPLICATION_ID);
                statement.execute("PRAGMA user_version = " + newest());
                statement.execute("COMMIT");
            } catch (SQLException broken) {
                statement.execute("ROLLBACK");
                throw broken;
            }
        }
    }

    /**
     * Checks without writing, so that a foreign file stays as it was.
     *
     * @throws ForeignDatabaseException when the file belongs to another program or to a newer version of this one
     */
    static void refuseForeign(Connection connection) throws SQLException, ForeignDatabaseException {
        boolean ours = Sql.number(connection, "PRAGMA application_id") == APPLICATION_ID;
        if (!ours && !isEmpty(connection)) {
            throw new ForeignDatabaseException("it belongs to another program");
        }
        if (version(connection) > newest()) {
            throw new ForeignDatabaseException(
                    "a newer version of Qwen2API wrote it (schema " + version(connection) + ")");
        }
    }

    private static int version(Connection connection) throws SQLException {
        return Sql.number(connection, "PRAGMA user_version");
    }

    static boolean isEmpty(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT count(*) FROM sqlite_master") == 0;
    }
}
