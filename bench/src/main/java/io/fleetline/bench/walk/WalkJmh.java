package io.fleetline.bench.walk;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.fleetline.bench.bodies.Bodies;
import io.fleetline.protocol.cbor.BodyWalk;
import io.fleetline.protocol.cbor.FrameException;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The two walks over the same bodies, which lie in one array as the items of a frame do. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WalkJmh {
    static final int COUNT = 512;
    static final long SEED = 7;

    /** Which bodies: the name of one of {@link Bodies}. */
    @Param("MAPS")
    public String bodies = "";

    private final CBORFactory factory = new CBORFactory();
    private final BodyWalk walk = new BodyWalk();
    private byte[] array = {};
    private int[] ends = {};

    /** For JMH. */
    public WalkJmh() {}

    /** Writes the bodies, the same in each run. */
    @Setup
    public void write() {
        byte[][] written = bodies(Bodies.valueOf(bodies));
        ends = new int[written.length];
        int length = 0;
        for (int i = 0; i < written.length; i++) {
            length += written[i].length;
            ends[i] = length;
        }
        array = new byte[length];
        for (int i = 0; i < written.length; i++) {
            System.arraycopy(written[i], 0, array, ends[i] - written[i].length, written[i].length);
        }
    }

    static byte[][] bodies(Bodies kind) {
        Random random = new Random(SEED);
        byte[][] written = new byte[COUNT][];
        for (int i = 0; i < COUNT; i++) {
            written[i] = kind.write(random);
        }
        return written;
    }

    /** Fleetline's check of a body. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public int fleetline() throws FrameException {
        int from = 0;
        int faults = 0;
        for (int end : ends) {
            from = walk.walk(array, from, end);
            if (walk.fault().isPresent()) {
                faults++;
            }
        }
        return from + faults;
    }

    /** Jackson's tokens, none of them looked at. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public int jackson() throws IOException {
        int from = 0;
        int tokens = 0;
        for (int end : ends) {
            try (JsonParser parser = factory.createParser(array, from, end - from)) {
                while (parser.nextToken() != null) {
                    tokens++;
                }
            }
            from = end;
        }
        return tokens;
    }
}
