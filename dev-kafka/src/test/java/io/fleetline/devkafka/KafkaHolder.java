package io.fleetline.devkafka;

import java.io.OutputStream;
import java.nio.file.Path;

/** A program that starts a {@link DevKafka}, says so on standard output, and closes it when standard input ends. */
final class KafkaHolder {

    private KafkaHolder() {}

    /** Arguments: a directory, how many processes (0: in this one), and the numbers of brokers to pause. */
    public static void main(String[] arguments) throws Exception {
        DevKafka.Builder builder = DevKafka.builder().directory(Path.of(arguments[0]));
        int processes = Integer.parseInt(arguments[1]);
        if (processes > 0) {
            builder.processes(processes);
        }
        try (DevKafka kafka = builder.start()) {
            for (int i = 2; i < arguments.length; i++) {
                kafka.pause(Integer.parseInt(arguments[i]));
            }
            StringBuilder ready = new StringBuilder("ready");
            for (int broker : kafka.brokers()) {
                ready.append(' ').append(kafka.processId(broker).orElseThrow());
            }
            System.out.println(ready);
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
