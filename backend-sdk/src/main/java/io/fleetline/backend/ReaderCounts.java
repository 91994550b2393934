package io.fleetline.backend;

import io.fleetline.backend.filter.FilterCounts;

/**
 * What a reader did in the partitions that it has now, since it took them up.
 *
 * @param filter what its filters did
 * @param strangers records without a position that it handed on
 * @param unreadable records whose position cannot be read
 */
public record ReaderCounts(FilterCounts filter, long strangers, long unreadable) {}
