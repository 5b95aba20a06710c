/**
 * The JSON that all dialects read and write alike: a request's body as fields that know their path, and text as JSON
 * strings in sound UTF-8. Knows no dialect.
 */
@NullMarked
package dev.qwen2api.api.json;

import org.jspecify.annotations.NullMarked;
