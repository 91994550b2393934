package io.fleetline.simulator.proof;

/**
 * What makes a record the same record: repeats of one number are one event.
 *
 * @param lane the lane's number
 * @param store names the life of the outbox
 * @param run names the opening of the outbox
 * @param seq the number in its lane of that store
 */
record StreamNumber(int lane, long store, long run, long seq) {
    @Override
    public String toString() {
        return "lane " + lane + " number " + seq + " of run " + Long.toHexString(store) + "/" + Long.toHexString(run);
    }
}
