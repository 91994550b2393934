package io.fleetline.cli;

import io.fleetline.protocol.DeviceId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code TENANT/DEVICE} from the command line. */
final class DeviceIdConverter implements ITypeConverter<DeviceId> {
    @Override
    public DeviceId convert(String text) {
        try {
            return DeviceId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
