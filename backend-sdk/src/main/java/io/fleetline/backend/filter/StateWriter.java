package io.fleetline.backend.filter;

import java.util.Arrays;

/** Writes the filter's state in its compact binary form: numbers as base-128 varints, low bits first. */
final class StateWriter {
    private byte[] bytes = new byte[128];
    private int length;

    void octet(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    void flag(boolean value) {
        octet(value ? 1 : 0);
    }

    /** A number of at least 0. */
    void number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    void fourBytes(int value) {
        room(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    void bytes(byte[] value) {
        number(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
