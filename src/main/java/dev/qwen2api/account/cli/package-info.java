/**
 * What the CLI channel knows of each account, in memory: its OAuth credential, how many requests it has made today, and why it
 * has none. It knows no wire and no database; the credentials are obtained elsewhere and kept elsewhere.
 */
@NullMarked
package dev.qwen2api.account.cli;

import org.jspecify.annotations.NullMarked;
