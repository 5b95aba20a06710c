/** What is counted, and the page in Prometheus' text format that tells it. Counting takes no lock; only a scrape costs anything. */
@NullMarked
package dev.qwen2api.metrics;

import org.jspecify.annotations.NullMarked;
