package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No tenant, however it is called, reaches a topic that is not its own. */
class TopicNamesTest {
    @Test
    void theTenantStandsWhereTheTemplateSays() {
        TopicNames names = names("t.{tenant}.events", "dead");
        assertThat(names.perTenant()).isTrue();
        assertThat(names.events("acme")).isEqualTo("t.acme.events");
        assertThat(names.deadLetters("acme")).isEqualTo("dead");
        assertThat(TopicNames.DEFAULTS.perTenant()).isFalse();
        assertThat(TopicNames.DEFAULTS.events("acme")).isEqualTo("fleetline.events");
    }

    @ParameterizedTest
    @CsvSource({
        "events.{tenant},      dead.{tenant}",
        "{tenant}.events,      {tenant}.dead-letters",
        "events-{tenant}-x,    events-{tenant}-y",
        "fleetline.{tenant}.e, fleetline.dead-letters"
    })
    void templatesThatNeverMeetAreTaken(String events, String deadLetters) {
        assertThat(names(events, deadLetters).perTenant()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'',                    dead,          kafka.topics.events is",
        "ev ents,               dead,          not 1 to 249 of [A-Za-z0-9._-]",
        "{tenant}{tenant},      dead,          and {tenant} once",
        "events.{device},       dead,          kafka.topics.events is",
        "same,                  same,          can be the same topic as kafka.topics.deadLetters",
        "fleetline.{tenant},    dead,          'can be the same topic as kafka.topics.commands,"
                + " \"fleetline.commands\"'",
        "{tenant},              dead,          can be the same topic as kafka.topics.deadLetters",
        "a-{tenant},            a-dead-{tenant}, can be the same topic as kafka.topics.deadLetters",
    })
    void whatCouldBeMistakenIsRefused(String events, String deadLetters, String message) {
        assertThatThrownBy(() -> names(events, deadLetters))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void allTenantsShareCommandsAndRegistry() {
        assertThatThrownBy(() -> new TopicNames("e", "d", "c.{tenant}", "u", "r", "t", "a"))
                .hasMessageContaining("kafka.topics.commands is \"c.{tenant}\", but all tenants share this topic");
    }

    @Test
    void theLongestTenantMustFit() {
        assertThat(names("e".repeat(249 - 63) + "{tenant}", "dead")).isNotNull();
        assertThatThrownBy(() -> names("e".repeat(250 - 63) + "{tenant}", "dead"))
                .hasMessageContaining("with the longest tenant in it");
    }

    private static TopicNames names(String events, String deadLetters) {
        return new TopicNames(
                events,
                deadLetters,
                "fleetline.commands",
                "fleetline.command-updates",
                "fleetline.devices",
                "fleetline.tenants",
                "fleetline.audit");
    }
}
