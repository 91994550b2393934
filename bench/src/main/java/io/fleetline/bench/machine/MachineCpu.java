package io.fleetline.bench.machine;

import java.time.Duration;

/**
 * CPU time of the whole machine, all cores together, from its start.
 *
 * @param used by processes and by the kernel for them, in user and in kernel mode; what interrupts took is not in it
 * @param stolen what the hypervisor gave to other machines while this one would have run
 */
public record MachineCpu(Duration used, Duration stolen) {}
