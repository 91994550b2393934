import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Runs tests of a class path and says what failed, for .ci/planted-bugs: java RunTests.java CLASS[#METHOD]..., with the
 * method as a name that may contain asterisks. Ends with 0 if some ran and none failed.
 */
final class RunTests {
    private RunTests() {}

    public static void main(String[] args) {
        LauncherDiscoveryRequestBuilder request =
                LauncherDiscoveryRequestBuilder.request().filters(excludeTags("long", "interop"));
        Map<String, Pattern> methods = new HashMap<>();
        for (String arg : args) {
            String[] parts = arg.split("#", 2);
            request.selectors(selectClass(parts[0]));
            methods.put(parts[0], Pattern.compile(parts.length < 2 ? ".*" : parts[1].replace("*", ".*")));
        }
        request.filters((PostDiscoveryFilter) test -> {
            boolean wanted = test.getSource()
                    .filter(MethodSource.class::isInstance)
                    .map(source -> (MethodSource) source)
                    .map(method -> methods.get(method.getClassName())
                            .matcher(method.getMethodName())
                            .matches())
                    .orElse(true);
            return FilterResult.includedIf(wanted);
        });
        Launcher launcher = LauncherFactory.create();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherDiscoveryRequest built = request.build();
        launcher.execute(built, summary);
        summary.getSummary().printFailuresTo(new PrintWriter(System.out, true), 30);
        summary.getSummary().printTo(new PrintWriter(System.out, true));
        boolean good = summary.getSummary().getTestsSucceededCount() > 0
                && summary.getSummary().getTotalFailureCount() == 0;
        System.exit(good ? 0 : 1);
    }
}
