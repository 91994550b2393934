package io.fleetline.device.internal.log;

/** Another process, or another part of this one, works in the directory. */
public final class DiskInUseException extends Exception {
    /** Names the directory. */
    public DiskInUseException(String directory) {
        super(directory + " is in use by another process or client");
    }
}
