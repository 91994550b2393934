package io.fleetline.device;

import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What clients share: the thread that keeps their connections, the transport, and the threads that run the application's
 * code. A client that is given none has one of its own and closes it with itself; a process with many devices builds one,
 * hands it to all, and closes it after them.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class DeviceRuntime implements AutoCloseable {
    private final Optional<Executor> applicationExecutor;

    private DeviceRuntime(Builder builder) {
        this.applicationExecutor = builder.applicationExecutor;
    }

    /** A runtime with the defaults. */
    public static DeviceRuntime create() {
        return builder().build();
    }

    /** Begins a runtime. */
    public static Builder builder() {
        return new Builder();
    }

    /** Ends the runtime and every client that still uses it, at once. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("runtime of " + applicationExecutor);
    }

    /** Says what a runtime should be like. */
    public static final class Builder {
        private Optional<Executor> applicationExecutor = Optional.empty();

        private Builder() {}

        /**
         * Where handlers of commands, listeners and the stages of receipts run. The default is a pool of daemon threads
         * that are there only while there is something to do.
         */
        public Builder applicationExecutor(Executor executor) {
            applicationExecutor = Optional.of(executor);
            return this;
        }

        /** Starts the runtime. */
        public DeviceRuntime build() {
            return new DeviceRuntime(this);
        }
    }
}
