package io.fleetline.backend;

import io.fleetline.backend.filter.DeviceState;
import io.fleetline.backend.filter.FilterStart;
import java.util.List;

/**
 * How far a reader came in a partition.
 *
 * @param nextOffset the offset of the first record that it has not seen
 * @param start where it began
 * @param devices what its filter knew of each device, in any order
 */
public record PartitionState(long nextOffset, FilterStart start, List<DeviceState> devices) {}
