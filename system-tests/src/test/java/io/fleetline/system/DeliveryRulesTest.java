package io.fleetline.system;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.fleetline.backend.StreamRecordReader;
import io.fleetline.backend.filter.FilterOutput;
import io.fleetline.backend.filter.HeldRecordCodec;
import io.fleetline.backend.filter.StreamFilter;
import io.fleetline.device.internal.connection.ConnectionKeeper;
import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.connection.Time;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.ingest.kafka.KafkaEventSink;
import io.fleetline.ingest.session.DevicePeer;
import io.fleetline.ingest.session.DeviceSession;
import io.fleetline.ingest.telemetry.TelemetryIntake;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.ingest.time.Timers;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.ServerFrame;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;

/** The checker of delivery plays the real parts: it stands around them, and rewrites none. */
final class DeliveryRulesTest {
    private static final JavaClasses CHECKER = new ClassFileImporter().importPackages("io.fleetline.system.delivery");

    /** Where the real parts end: the world's side of each is all that the checker may write. */
    private static final Set<Class<?>> EDGES = Set.of(
            Link.class,
            Link.Listener.class,
            Transport.class,
            Credentials.class,
            Time.class,
            Publication.class,
            DevicePeer.class,
            NodeTime.class,
            Timers.class,
            Timers.Timer.class,
            FilterOutput.class,
            HeldRecordCodec.class);

    @Test
    void theRealPartsArePlayed() {
        Set<String> made = CHECKER.stream()
                .flatMap(each -> each.getConstructorCallsFromSelf().stream())
                .map(call -> call.getTargetOwner().getName())
                .collect(Collectors.toSet());
        assertThat(made)
                .contains(
                        ConnectionLoop.class.getName(),
                        ConnectionKeeper.class.getName(),
                        DeviceSession.class.getName(),
                        TelemetryIntake.class.getName(),
                        KafkaEventSink.class.getName(),
                        StreamRecordReader.class.getName(),
                        StreamFilter.class.getName());
        noClasses()
                .should()
                .callMethodWhere(describe(
                        "settles, hands out or drops what an outbox holds",
                        call -> call.getTargetOwner().isAssignableTo(Outbox.class)
                                && !Set.of("open", "append", "snapshot").contains(call.getName())))
                .check(CHECKER);
    }

    @Test
    void nothingBetweenTheApplicationAndKafkaIsWrittenAgain() {
        for (JavaClass each : CHECKER) {
            for (JavaClass type : each.getAllRawInterfaces()) {
                if (type.getPackageName().startsWith("io.fleetline.")
                        && !type.getPackageName().startsWith("io.fleetline.system")
                        && !type.getPackageName().startsWith("io.fleetline.testkit")) {
                    assertThat(EDGES.stream().map(Class::getName))
                            .as("what %s implements", each.getName())
                            .contains(type.getName());
                }
            }
        }
        assertThat(CHECKER.stream().filter(assignableTo(Producer.class)).map(JavaClass::getSimpleName))
                .as("what stands for Kafka")
                .containsExactly("ModelProducer");
    }

    @Test
    void everyFrameAndEveryPositionComesOutOfTheRealParts() {
        noClasses()
                .should()
                .callConstructorWhere(describe(
                        "makes a frame, a gap or a position",
                        call -> call.getTargetOwner().isAssignableTo(DeviceFrame.class)
                                || call.getTargetOwner().isAssignableTo(ServerFrame.class)
                                || call.getTargetOwner().isAssignableTo(Item.Gap.class)
                                || call.getTargetOwner().isAssignableTo(RecordPosition.class)))
                .check(CHECKER);
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.fleetline.device.fake..", "io.fleetline.ingest.jetty.."))
                .check(CHECKER);
    }
}
