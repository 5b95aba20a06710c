/**
 * The upstream's web API as the browser speaks it: requests, event streams, refusals, models, and the chats to clean
 * up. The only room that knows {@code java.net.http}. Facts about the service rest on public captures; where one is
 * odd, the code says when it was seen.
 */
@NullMarked
package dev.qwen2api.upstream.qwen;

import org.jspecify.annotations.NullMarked;
