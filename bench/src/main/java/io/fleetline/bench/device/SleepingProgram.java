package io.fleetline.bench.device;

import java.io.IOException;

/** Says {@code ready}, and sleeps until its standard input ends: what any JVM takes. */
final class SleepingProgram {
    private SleepingProgram() {}

    public static void main(String[] args) throws IOException {
        System.out.println(IdleJvm.READY);
        int unused = System.in.read();
        Runtime.getRuntime().halt(0);
    }
}
