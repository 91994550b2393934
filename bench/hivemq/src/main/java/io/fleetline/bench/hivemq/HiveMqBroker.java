package io.fleetline.bench.hivemq;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.file.Files;
import java.nio.file.Path;

/** HiveMQ Community Edition that lets anybody in, as it does nothing for anybody without an extension that decides. */
public final class HiveMqBroker {
    private HiveMqBroker() {}

    /** Runs it until it is ended; the argument is a directory with {@code conf/config.xml}. */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        EmbeddedExtension openToAll = EmbeddedExtension.builder()
                .withId("open-to-all")
                .withName("Open to all")
                .withVersion("1")
                .withAuthor("Fleetline")
                .withPriority(0)
                .withStartPriority(0)
                .withExtensionMain(new OpenToAll())
                .build();
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(home.resolve("conf"))
                .withDataFolder(Files.createDirectories(home.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(home.resolve("extensions")))
                .withEmbeddedExtension(openToAll)
                .build();
        broker.start().join();
        Thread.currentThread().join();
    }

    private static final class OpenToAll implements ExtensionMain {
        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            SimpleAuthenticator all = (connect, decision) -> decision.authenticateSuccessfully();
            Services.securityRegistry().setAuthenticatorProvider(provider -> all);
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}
    }
}
