package io.fleetline.bench.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A child process: answers questions, one JSON line each, on its standard output. Its parent's end of the pipe is its
 * life: when that closes, for whatever reason, the child is gone at once. What libraries print goes to standard error.
 */
public final class ChildMain {
    static final String STOP = "stop";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ChildMain() {}

    /** Takes the name of the role's class. */
    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Role role =
                Class.forName(args[0]).asSubclass(Role.class).getConstructor().newInstance();
        if (answerAll(questions, role, answers)) {
            System.exit(0); // in good order: a profiler may have something to write
        }
        Runtime.getRuntime().halt(0); // nobody is left to wait for it
    }

    /** @return whether it was told to stop, rather than left alone */
    private static boolean answerAll(BufferedReader questions, Role role, PrintStream answers) throws IOException {
        String line = questions.readLine();
        while (line != null) {
            JsonNode question = MAPPER.readTree(line);
            String verb = question.path("verb").asText();
            answers.println(MAPPER.writeValueAsString(reply(role, verb, question.path("arguments"))));
            answers.flush();
            if (verb.equals(STOP)) {
                return true;
            }
            line = questions.readLine();
        }
        return false;
    }

    private static Map<String, Object> reply(Role role, String verb, JsonNode arguments) {
        try {
            if (verb.equals(STOP)) {
                role.close();
                return Map.of("answer", Map.of());
            }
            return Map.of("answer", role.answer(verb, arguments));
        } catch (Exception e) {
            e.printStackTrace(); // to this process's log
            return Map.of("error", e.toString());
        }
    }
}
