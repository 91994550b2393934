package io.fleetline.devkafka.node;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What all threads of one broker have in common, inherited from the thread that started it: the log that they write to,
 * and whom to tell when the broker cannot go on. Kafka reaches both through statics, and several brokers may share them.
 */
record BrokerScope(LogFile log, Consumer<String> onDeath) {

    private static final InheritableThreadLocal<BrokerScope> CURRENT = new InheritableThreadLocal<>();

    static @Nullable BrokerScope current() {
        return CURRENT.get();
    }

    /** Makes this the scope of the calling thread and of all threads that begin in it from now on. */
    void enter() {
        CURRENT.set(this);
    }
}
