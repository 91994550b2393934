package io.fleetline.cli;

import io.fleetline.cli.deadletters.DeadLetter;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Topics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which dead letters are meant. */
final class LetterChoice {
    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = Topics.DEAD_LETTERS,
            description = "The topic of the dead letters. Default: ${DEFAULT-VALUE}.")
    private String topic = Topics.DEAD_LETTERS;

    @Option(
            names = "--device",
            paramLabel = "TENANT/DEVICE",
            converter = DeviceIdConverter.class,
            description = "Only those of this device.")
    private @Nullable DeviceId device;

    @Option(names = "--code", paramLabel = "CODE", description = "Only those with this reason, such as TOO_LARGE.")
    private @Nullable String code;

    @Option(
            names = "--letter",
            paramLabel = "PARTITION:OFFSET",
            converter = PlaceConverter.class,
            description = "Only this one; can be given several times.")
    private List<DeadLetter.Place> letters = List.of();

    /** Those that were named one by one. */
    Set<DeadLetter.Place> named() {
        return new LinkedHashSet<>(letters);
    }

    String topic() {
        return topic;
    }

    /** Whether it was said at all which are meant. */
    boolean isNarrowed() {
        return device != null || code != null || !letters.isEmpty();
    }

    boolean isMeant(DeadLetter letter) {
        return (device == null || device.toString().equals(letter.device()))
                && (code == null || code.equalsIgnoreCase(letter.code().orElse("")))
                && (letters.isEmpty() || letters.contains(letter.place()));
    }

    /** Reads {@code PARTITION:OFFSET}. */
    static final class PlaceConverter implements ITypeConverter<DeadLetter.Place> {
        @Override
        public DeadLetter.Place convert(String text) {
            try {
                return DeadLetter.Place.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
