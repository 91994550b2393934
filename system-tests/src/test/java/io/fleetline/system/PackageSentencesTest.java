package io.fleetline.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md and the packages tell the same story. */
final class PackageSentencesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern ROW = Pattern.compile("^\\| `(io\\.fleetline[a-z.]*)` \\| (.+) \\|$");

    @Test
    void everyPackageOfTheArchitectureBeginsWithItsSentence() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("ARCHITECTURE.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(2));
            }
        }
        assertThat(rows).as("rows of the package table").hasSizeGreaterThan(15);
        Map<String, String> comments = new TreeMap<>();
        for (Path file : packageInfos()) {
            String text = Files.readString(file);
            String name = text.replaceAll("(?s).*\\npackage ([a-z.]+);.*", "$1");
            comments.put(name, text);
        }
        rows.forEach((name, sentence) -> {
            assertThat(comments).as("package-info.java of %s", name).containsKey(name);
            String comment = comments.get(name).replaceAll("\\s*\\n \\* ?", " ").replaceAll("\\{@code ([^}]*)}", "$1");
            assertThat(comment).as("package-info.java of %s", name).contains(sentence);
        });
    }

    @Test
    void everyPackageSaysItsPurposeAndThatNothingInItIsNull() throws IOException {
        for (Path file : packageInfos()) {
            assertThat(Files.readString(file))
                    .as(ROOT.relativize(file).toString())
                    .startsWith("/**")
                    .contains("NullMarked");
        }
        for (Path folder : packagesWithCode()) {
            assertThat(folder.resolve("package-info.java")).exists();
        }
    }

    private static List<Path> packageInfos() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.endsWith("package-info.java")
                            && file.toString().contains("/src/main/java/"))
                    .toList();
        }
    }

    private static List<Path> packagesWithCode() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().contains("/src/main/java/")
                            && file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .toList();
        }
    }
}
