package dev.qwen2api.ops.doctor;

import java.util.List;

/** Looks at one part of the set-up and changes nothing. */
@FunctionalInterface
public interface Check {

    /** What was found, in the order in which it is told; what goes wrong on the way is a finding, not an exception. */
    List<Finding> findings();
}
