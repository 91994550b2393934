package io.fleetline.cli;

import io.fleetline.cli.dev.Instance;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.examples.hostsensor.Credentials;
import io.fleetline.examples.hostsensor.HostSensorMain;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the host sensor against any node. */
@Command(
        name = "sensor",
        description = {
            "Publish this machine's own readings, as a device of any node.",
            "Without --url it joins the 'fleetline dev' that runs here, as the device that is kept for guests."
        })
final class SensorVerb implements Callable<Integer> {
    @Option(
            names = "--url",
            paramLabel = "WSS-URL",
            split = ",",
            description = "Where nodes listen, such as wss://host:8443/connect; more than one with commas.")
    private @Nullable List<URI> urls;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "The certificates to trust, PEM. With --url only; without it those that the JDK trusts.")
    private @Nullable Path authority;

    @Option(
            names = "--credentials",
            paramLabel = "FILE",
            description = "Lines of the form tenant/device:secret. Needed with --url.")
    private @Nullable Path credentials;

    @Option(
            names = "--device",
            paramLabel = "TENANT/DEVICE",
            converter = DeviceIdConverter.class,
            description = "Which device of the file to be; without it the first.")
    private @Nullable DeviceId device;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Where the 'fleetline dev' to join keeps its state; without it the nearest "
                    + StateDirectory.NAME + ".")
    private @Nullable Path state;

    @Override
    public Integer call() {
        if (urls != null && credentials == null) {
            throw new CliFailure(
                    ExitCode.USAGE, "with --url, --credentials is needed: a file with tenant/device:secret", null);
        }
        if (urls == null && authority != null) {
            throw new CliFailure(ExitCode.USAGE, "--ca goes with --url; say which nodes to connect to", null);
        }
        try {
            if (urls != null && credentials != null) {
                HostSensorMain.run(
                        urls,
                        Optional.ofNullable(authority),
                        Credentials.read(credentials, Optional.ofNullable(device)),
                        System.out);
            } else {
                Instance instance = Instance.of(Optional.ofNullable(state));
                HostSensorMain.run(
                        instance.endpoints(),
                        Optional.of(instance.authority()),
                        Credentials.read(
                                credentials == null ? instance.credentials() : credentials,
                                Optional.of(device == null ? Instance.GUEST : device)),
                        System.out);
            }
            return ExitCode.DONE;
        } catch (IllegalArgumentException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new CliFailure("cannot read the credentials: " + FileTrouble.describe(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }
}
