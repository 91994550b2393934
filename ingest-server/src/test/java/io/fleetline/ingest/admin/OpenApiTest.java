package io.fleetline.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fleetline.ingest.identity.RefusedAttempts;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.time.ManualTime;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The document that the admin port gives describes what it does: the same paths and methods, and who may. */
class OpenApiTest {
    private static final Set<String> NO_METHODS = Set.of("parameters");

    @Test
    void theDocumentAndTheRoutesAreTheSame() throws IOException {
        ManualTime time = new ManualTime();
        AdminServices services = new AdminServices(
                new DeviceRegistry(),
                () -> {
                    throw new IllegalStateException("nothing is changed here");
                },
                new RefusedAttempts(time),
                time,
                new SecureRandom(),
                Optional::empty,
                () -> true,
                Optional::empty);
        Set<String> done = new TreeSet<>();
        Routes.all(services)
                .forEach((path, endpoints) -> endpoints.byMethod().forEach((method, endpoint) -> {
                    String role = endpoint.role()
                            .map(each -> each.name().toLowerCase(Locale.ROOT))
                            .orElse("everybody");
                    done.add(path + " " + method.toLowerCase(Locale.ROOT) + " " + role);
                }));

        JsonNode document = new ObjectMapper(new YAMLFactory()).readTree(Routes.openApi());
        Set<String> described = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> !NO_METHODS.contains(method.getKey()))
                        .forEach(method ->
                                described.add(path.getKey() + " " + method.getKey() + " " + role(method.getValue()))));
        assertThat(described).isEqualTo(done);
    }

    /** In brackets at the end of the summary; everybody where no security is asked for. */
    private static String role(JsonNode method) {
        if (method.has("security")) {
            return "everybody";
        }
        String summary = method.path("summary").asText();
        return summary.substring(summary.lastIndexOf('(') + 1, summary.length() - 1);
    }
}
