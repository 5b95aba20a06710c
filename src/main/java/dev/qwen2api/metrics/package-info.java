/** Metrics in Prometheus' text format. Recording takes no locks; the work is done at a scrape. */
@NullMarked
package dev.qwen2api.metrics;

import org.jspecify.annotations.NullMarked;
