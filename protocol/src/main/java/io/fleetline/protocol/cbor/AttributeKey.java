package io.fleetline.protocol.cbor;

/** The keys of the attributes map. */
final class AttributeKey {
    static final int CONTENT_TYPE = 1;
    static final int CLOCK_QUALITY = 2;
    static final int TRACEPARENT = 3;
    static final int SOURCE = 4;

    private AttributeKey() {}
}
