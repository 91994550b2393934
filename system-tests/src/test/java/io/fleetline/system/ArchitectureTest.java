package io.fleetline.system;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalledPublisher;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What may use what inside the modules; between modules it is the enforcer in each {@code pom.xml} that says no. */
final class ArchitectureTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.fleetline");

    /** The libraries that run inside other people's processes, or on virtual time in our tests. */
    private static final String[] ON_HANDED_IN_TIME = {
        "io.fleetline.protocol..", "io.fleetline.device..", "io.fleetline.ingest..", "io.fleetline.backend.."
    };

    /** The one class of a module that reads the system's clocks. */
    private static final String SYSTEM_TIME = "SystemTime";

    private static final Map<String, Set<String>> CLOCKS_AND_DICE = Map.of(
            "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
            "java.lang.Math", Set.of("random"),
            "java.time.Instant", Set.of("now"),
            "java.time.LocalDateTime", Set.of("now"),
            "java.time.ZonedDateTime", Set.of("now"),
            "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system"),
            "java.time.InstantSource", Set.of("system"),
            "java.util.concurrent.ThreadLocalRandom", Set.of("current"),
            "java.lang.Thread", Set.of("sleep"));

    @Test
    void theServersPackagesPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.fleetline.ingest..")
                .withOptionalLayers(true)
                .layer("ingest")
                .definedBy("io.fleetline.ingest")
                .layer("edge")
                .definedBy("io.fleetline.ingest.jetty..", "io.fleetline.ingest.kafka..", "io.fleetline.ingest.admin..")
                .layer("session")
                .definedBy("io.fleetline.ingest.session..")
                .layer("features")
                .definedBy(
                        "io.fleetline.ingest.telemetry..",
                        "io.fleetline.ingest.command..",
                        "io.fleetline.ingest.presence..")
                .layer("foundation")
                .definedBy(
                        "io.fleetline.ingest.identity..",
                        "io.fleetline.ingest.registry..",
                        "io.fleetline.ingest.metrics..")
                .whereLayer("ingest")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("edge")
                .mayOnlyBeAccessedByLayers("ingest")
                .whereLayer("session")
                .mayOnlyBeAccessedByLayers("ingest", "edge")
                .whereLayer("features")
                .mayOnlyBeAccessedByLayers("ingest", "edge", "session")
                .check(OURS);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.fleetline.(**)").should().beFreeOfCycles().check(OURS);
    }

    @Test
    void onlyTheEdgeOfTheServerSpeaksJettyAndKafka() {
        noClasses()
                .that(resideInAPackage("io.fleetline.ingest..")
                        .and(describe(
                                "are not the edge",
                                c -> !Set.of(
                                                "io.fleetline.ingest.jetty",
                                                "io.fleetline.ingest.kafka",
                                                "io.fleetline.ingest.admin",
                                                "io.fleetline.ingest")
                                        .contains(c.getPackageName()))))
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.eclipse.jetty..", "org.apache.kafka.."))
                .because("features are tested without Jetty and without Kafka")
                .check(OURS);
        noClasses()
                .that()
                .resideInAPackage("io.fleetline.ingest.jetty..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.kafka.."))
                .check(OURS);
        noClasses()
                .that()
                .resideInAPackage("io.fleetline.ingest.kafka..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.eclipse.jetty.."))
                .check(OURS);
    }

    @Test
    void onlyTheTransportOfTheSdkSpeaksJetty() {
        noClasses()
                .that(resideInAPackage("io.fleetline.device..")
                        .and(DescribedPredicate.not(resideInAPackage("io.fleetline.device.internal.transport.."))))
                .should()
                .dependOnClassesThat(resideInAPackage("org.eclipse.jetty.."))
                .because("the connection's rules are tested on virtual time, without sockets")
                .check(OURS);
    }

    @Test
    void internalPackagesAreUsedByTheirOwnModuleOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.fleetline.device..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.fleetline.device.internal.."))
                .because("what the SDK does not export may change any day")
                .check(OURS);
    }

    @Test
    void theSdksApiShowsNothingInternal() {
        noMethods()
                .that(describe("are public API of the SDK", ArchitectureTest::isExportedBySdk))
                .should(new com.tngtech.archunit.lang.ArchCondition<>("show internal types") {
                    @Override
                    public void check(JavaMethod method, com.tngtech.archunit.lang.ConditionEvents events) {
                        method.getAllInvolvedRawTypes().stream()
                                .filter(type -> type.getPackageName().startsWith("io.fleetline.device.internal"))
                                .forEach(type -> events.add(com.tngtech.archunit.lang.SimpleConditionEvent.satisfied(
                                        method, method.getFullName() + " shows " + type.getName())));
                    }
                })
                .check(OURS);
    }

    @Test
    void timeAndChanceAreHandedIn() {
        noClasses()
                .that(resideInAnyPackage(ON_HANDED_IN_TIME)
                        .and(describe(
                                "are not SystemTime", c -> !c.getSimpleName().equals(SYSTEM_TIME))))
                .should()
                .callMethodWhere(describe("reads a clock or throws dice", ArchitectureTest::isClockOrDice))
                .because("a history on virtual time must be the same each time it is played")
                .check(OURS);
        noClasses()
                .that(resideInAnyPackage(ON_HANDED_IN_TIME))
                .should()
                .callConstructor(java.util.Random.class)
                .because("chance is handed in; secrets come from SecureRandom")
                .check(OURS);
        classes()
                .that()
                .haveSimpleName(SYSTEM_TIME)
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(OURS);
    }

    @Test
    void theProtocolHasNoThreadsAndNoFiles() {
        noClasses()
                .that()
                .resideInAPackage("io.fleetline.protocol..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.nio.file..", "java.net..", "java.util.concurrent.."))
                .check(OURS);
    }

    @Test
    void whoJudgesWhatLiesInKafkaUsesNothingOfThoseThatAreJudged() {
        noClasses()
                .that(resideInAPackage("io.fleetline.simulator.proof")
                        // Journal and publisher are the devices' side of it.
                        .and(DescribedPredicate.not(belongToAnyOf(Journal.class, JournalledPublisher.class))))
                .should()
                .dependOnClassesThat(resideInAPackage("io.fleetline..")
                        .and(DescribedPredicate.not(resideInAPackage("io.fleetline.simulator.proof"))))
                .because("a fault that filter and judge had in common would be seen by neither")
                .check(OURS);
    }

    private static boolean isExportedBySdk(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return owner.getPackageName().equals("io.fleetline.device")
                && owner.getModifiers().contains(JavaModifier.PUBLIC)
                && (method.getModifiers().contains(JavaModifier.PUBLIC)
                        || method.getModifiers().contains(JavaModifier.PROTECTED));
    }

    private static boolean isClockOrDice(JavaCall<?> call) {
        AccessTarget target = call.getTarget();
        return CLOCKS_AND_DICE
                .getOrDefault(call.getTargetOwner().getName(), Set.of())
                .contains(target.getName());
    }
}
