package io.fleetline.devkafka;

import io.fleetline.devkafka.node.HostedBroker;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Loads the brokers of this JVM apart from the application. The same jars, but Kafka, SLF4J and all else once more: so
 * the broker logs where it is told to whatever the application logs with, and Kafka's static state (exit procedures,
 * metrics) is not shared with the application's clients. One loader serves all brokers of the JVM, so that only the first
 * pays for loading and compiling Kafka.
 */
final class KafkaClassLoader extends URLClassLoader {

    private static final String SLF4J_PROVIDERS = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";
    private static final String OUR_PROVIDER = "/io/fleetline/devkafka/slf4j-provider";

    static {
        registerAsParallelCapable();
    }

    private static final class Shared {
        private static final KafkaClassLoader LOADER = new KafkaClassLoader(ClassPath.ofThisJvm());
    }

    private KafkaClassLoader(List<Path> classPath) {
        super(
                "fleetline-dev-kafka",
                classPath.stream().map(KafkaClassLoader::url).toArray(URL[]::new),
                ClassLoader.getPlatformClassLoader());
    }

    static KafkaClassLoader shared() {
        return Shared.LOADER;
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("Not a place to load classes from: " + path, e);
        }
    }

    /** The one type that both sides share is the application's. */
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        return name.equals(HostedBroker.class.getName()) ? HostedBroker.class : super.findClass(name);
    }

    /** Hides all SLF4J bindings of the application and shows our own. */
    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        if (name.equals(SLF4J_PROVIDERS)) {
            URL ours = Objects.requireNonNull(KafkaClassLoader.class.getResource(OUR_PROVIDER), OUR_PROVIDER);
            return Collections.enumeration(List.of(ours));
        }
        return super.findResources(name);
    }

    @Override
    public @Nullable URL findResource(String name) {
        return name.equals(SLF4J_PROVIDERS)
                ? KafkaClassLoader.class.getResource(OUR_PROVIDER)
                : super.findResource(name);
    }
}
