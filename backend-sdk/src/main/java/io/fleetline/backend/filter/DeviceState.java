package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;

/**
 * What a filter knows of one device, in the form in which it is stored.
 *
 * @param device whose streams it is about
 * @param bytes the encoded state, to be left alone
 */
@SuppressWarnings("ArrayRecordComponent") // it is handed from the filter to a store, never compared
public record DeviceState(DeviceId device, byte[] bytes) {}
