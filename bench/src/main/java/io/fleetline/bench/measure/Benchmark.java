package io.fleetline.bench.measure;

/** One measurement that can be asked for by name. */
public interface Benchmark {
    /** The name, such as {@code p1}. */
    String name();

    /** What is compared with what, in one line. */
    String summary();

    /** Measures, and leaves nothing behind. */
    Measurement measure(Effort effort, Progress progress) throws Exception;
}
