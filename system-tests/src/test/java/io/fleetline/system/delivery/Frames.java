package io.fleetline.system.delivery;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;

/** Frames in words that fit on a line. */
final class Frames {
    private Frames() {}

    static String describe(DeviceFrame frame) {
        if (frame instanceof DeviceFrame.Open open) {
            return "open lane " + open.lane().number() + " run " + Long.toHexString(open.run()) + "." + open.order()
                    + " first " + open.first() + " next " + open.next() + " acked " + open.acked();
        }
        if (frame instanceof DeviceFrame.Publish publish) {
            StringBuilder text =
                    new StringBuilder("publish lane " + publish.lane().number() + " acked " + publish.acked() + ":");
            long seq = publish.from();
            for (Item item : publish.items()) {
                if (item instanceof Item.Gap gap) {
                    text.append(" gap ").append(seq).append('-').append(gap.to());
                    seq = gap.to() + 1;
                } else {
                    text.append(' ').append(seq++);
                }
            }
            return text.toString();
        }
        return frame.getClass().getSimpleName();
    }
}
