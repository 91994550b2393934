package io.fleetline.device.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.command.CommandLedger.Received;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import org.junit.jupiter.api.Test;

class LedgerContentsTest {
    private static final long DAY = 24L * 60 * 60 * 1000;

    private static void end(LedgerContents contents, String id, Payload body, long nowMillis) {
        ServerFrame.Command command = new ServerFrame.Command(id, "reboot", 0, Payload.NULL, Attributes.NONE);
        contents.received(new Received(command, 1, 1));
        contents.done(new Item.Outcome(id, OutcomeStatus.SUCCEEDED, 1, body), nowMillis);
    }

    @Test
    void tenThousandSettledCommandsAreRememberedAndTheOldestForgottenFirst() {
        LedgerContents contents = new LedgerContents();
        for (int i = 0; i <= LedgerContents.MOST_SETTLED; i++) {
            end(contents, "c" + i, Payload.NULL, i);
            contents.settled("c" + i, i);
        }
        assertThat(contents.size()).isEqualTo(10_000);
        assertThat(contents.find("c0")).isEmpty();
        assertThat(contents.find("c1")).isPresent();
    }

    @Test
    void aSettledCommandIsForgottenAfterThirtyDays() {
        LedgerContents contents = new LedgerContents();
        end(contents, "old", Payload.NULL, 0);
        contents.settled("old", 0);
        end(contents, "new", Payload.NULL, 30 * DAY);
        contents.settled("new", 30 * DAY);
        assertThat(contents.find("old")).isPresent();
        contents.forget(30 * DAY + 1);
        assertThat(contents.find("old")).isEmpty();
        assertThat(contents.find("new")).isPresent();
    }

    @Test
    void whatIsNotSettledIsNeverForgotten() {
        LedgerContents contents = new LedgerContents(1, 10);
        end(contents, "untold", BodyCodec.encode("a result of more than ten bytes"), 0);
        for (int i = 0; i < 5; i++) {
            end(contents, "c" + i, Payload.NULL, i);
            contents.settled("c" + i, i);
        }
        contents.forget(90 * DAY);
        assertThat(contents.untold()).singleElement().satisfies(entry -> {
            assertThat(entry.id()).isEqualTo("untold");
            assertThat(entry.outcome().orElseThrow().body().length()).isGreaterThan(10);
        });
    }

    @Test
    void beyondItsBytesResultsAreLeftOutOldestFirst() {
        Payload result = BodyCodec.encode(new byte[400]);
        LedgerContents contents = new LedgerContents(100, 2L * result.length());
        for (int i = 1; i <= 3; i++) {
            end(contents, "c" + i, result, i);
            contents.settled("c" + i, i);
        }
        assertThat(contents.find("c1").orElseThrow().outcome().orElseThrow().body())
                .isEqualTo(Payload.NULL);
        assertThat(contents.find("c2").orElseThrow().outcome().orElseThrow().body())
                .isEqualTo(result);
    }
}
