package io.fleetline.simulator;

import io.fleetline.device.Command;
import io.fleetline.device.CommandOption;
import io.fleetline.device.CommandResult;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.FleetlineException;
import io.fleetline.simulator.proof.JournalledPublisher;
import java.util.Map;
import java.util.Random;

/**
 * A {@link Boiler} as a device: publishes what it says and answers {@code set-target} with {@code {"celsius": 65}}.
 * Thread-safe.
 */
public final class SimulatedBoiler {
    private final Boiler boiler; // guarded by this

    /** A boiler whose behaviour follows from this source of chance. */
    public SimulatedBoiler(Random random) {
        this.boiler = new Boiler(random);
    }

    /** Adds the command that it answers to a client that is being built. */
    public DeviceClientBuilder answering(DeviceClientBuilder builder) {
        return builder.onCommand("set-target", this::setTarget, CommandOption.IDEMPOTENT);
    }

    /**
     * Goes on by one step and publishes what there is to say.
     *
     * @throws FleetlineException as {@link DeviceClient#publish(io.fleetline.device.Event)}
     */
    public void step(JournalledPublisher publisher) {
        for (Boiler.Reading reading : next()) {
            var unused = publisher.publish(reading.lane(), reading.channel(), reading.body());
        }
    }

    private synchronized Iterable<Boiler.Reading> next() {
        return boiler.step();
    }

    synchronized CommandResult setTarget(Command command) {
        Object asked = command.body().value().orElse(null) instanceof Map<?, ?> map ? map.get("celsius") : null;
        if (!(asked instanceof Number celsius)) {
            return CommandResult.failed("set-target takes {\"celsius\": number}");
        }
        double before = boiler.target();
        try {
            boiler.setTarget(celsius.doubleValue());
        } catch (IllegalArgumentException e) {
            return CommandResult.failed(String.valueOf(e.getMessage()));
        }
        return CommandResult.done(Map.of("celsius", boiler.target(), "celsiusBefore", before));
    }
}
