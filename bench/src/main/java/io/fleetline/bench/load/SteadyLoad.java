package io.fleetline.bench.load;

import java.util.List;

/** Devices that publish in turn at fixed times, beside whatever else happens, until they are told to stop. */
final class SteadyLoad {
    private final Thread thread;
    private volatile boolean over;

    private SteadyLoad(List<DeviceConnection> devices, double framesPerSecond) {
        thread = new Thread(
                () -> Pace.keep(
                        framesPerSecond,
                        k -> !over,
                        (k, dueNanos) -> devices.get((int) (k % devices.size())).publishOnce(dueNanos)),
                "steady-load");
        thread.setDaemon(true);
    }

    /** Begins. */
    static SteadyLoad start(List<DeviceConnection> devices, double framesPerSecond) {
        SteadyLoad load = new SteadyLoad(devices, framesPerSecond);
        load.thread.start();
        return load;
    }

    /** Stops; what was published last may not be acknowledged yet. */
    void stop() throws InterruptedException {
        over = true;
        thread.join();
    }
}
