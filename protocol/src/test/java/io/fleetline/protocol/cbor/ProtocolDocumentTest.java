package io.fleetline.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What docs/protocol.md shows in bytes are frames, and say what stands above them. */
class ProtocolDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "protocol.md");
    private static final Pattern EXAMPLE =
            Pattern.compile("(?m)^(device|node): +(\\[.*\\])\\n((?: {8}(?:[0-9a-f]{2} ?)+\\n)+)");

    private final FrameDecoder decoder = new FrameDecoder();

    @TestFactory
    Stream<DynamicTest> anExampleIsTheFrameAboveIt() throws IOException {
        return examples().stream()
                .map(example -> dynamicTest(example.group(2), () -> {
                    byte[] bytes = HexFormat.of().parseHex(example.group(3).replaceAll("\\s", ""));
                    assertThat(Diagnostic.of(bytes)).isEqualTo(example.group(2));
                    byte[] again = example.group(1).equals("device")
                            ? FrameEncoder.encode(decoder.decodeDeviceFrame(bytes, 0, bytes.length))
                            : FrameEncoder.encode(decoder.decodeServerFrame(bytes, 0, bytes.length));
                    assertThat(again).isEqualTo(bytes);
                }));
    }

    @Test
    void theConversationIsFound() throws IOException {
        assertThat(examples()).hasSizeGreaterThan(15);
    }

    private static List<MatchResult> examples() throws IOException {
        return EXAMPLE.matcher(Files.readString(DOCUMENT)).results().toList();
    }
}
