package io.fleetline.system.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What each party did last, told only when a history is played for somebody to read. */
final class Story {
    private static final int KEPT = Integer.getInteger("fleetline.story", 40);

    private record Line(long number, String text) {}

    private final boolean told;
    private final Map<String, Deque<Line>> parties = new TreeMap<>();
    private long lines;

    Story(boolean told) {
        this.told = told;
    }

    boolean isTold() {
        return told;
    }

    void tell(long nanos, String party, Supplier<String> what) {
        if (told) {
            Deque<Line> last = parties.computeIfAbsent(party, any -> new ArrayDeque<>());
            last.add(new Line(lines++, String.format("%11.3f s  %-9s %s", nanos / 1e9, party, what.get())));
            if (last.size() > KEPT) {
                last.remove();
            }
        }
    }

    /** The last events of all parties, in the order in which they happened. */
    String read() {
        List<Line> all = new ArrayList<>();
        parties.values().forEach(all::addAll);
        all.sort((a, b) -> Long.compare(a.number(), b.number()));
        StringBuilder text = new StringBuilder();
        all.forEach(line -> text.append(line.text()).append('\n'));
        return text.toString();
    }
}
