package io.fleetline.system.delivery;

/** Plays histories and judges them. Each seed is one history of one scenario. */
final class Checker {
    /** What a failure says to do in order to see it again. */
    static final String AGAIN = "-Dfleetline.seed=";

    private final Coverage coverage = new Coverage();

    Coverage coverage() {
        return coverage;
    }

    static Scenario scenario(long seed) {
        Scenario[] all = Scenario.values();
        return all[Math.floorMod(seed, all.length)];
    }

    /**
     * Plays the history of a seed.
     *
     * @throws AssertionError if an invariant does not hold: names it and the seed, and tells the story
     */
    void play(long seed) {
        try {
            play(seed, false);
        } catch (RuntimeException | Error first) {
            Told told = tell(seed);
            throw new AssertionError(
                    told.how + "\nin " + scenario(seed) + ", again with " + AGAIN + seed + "\n" + told.story, first);
        }
    }

    private record Told(String how, String story) {}

    /** The same again, with everybody telling what they do. */
    private static Told tell(long seed) {
        Story story = new Story(true);
        try {
            play(seed, story, new Coverage());
            return new Told("passes when it is played again, so it is not the same each time", story.read());
        } catch (RuntimeException | Error again) {
            return new Told(again.toString(), story.read());
        }
    }

    private void play(long seed, boolean told) {
        play(seed, new Story(told), coverage);
    }

    private static void play(long seed, Story story, Coverage coverage) {
        World world = new World(seed, scenario(seed), story, coverage);
        SwallowedErrors.of(world);
        History history = new History(world);
        history.play();
        new Judge(history).judge();
        if (Judge.isPlayedOn(seed)) {
            history.playOn();
            Judge later = Judge.later(history);
            later.judge();
            later.judgeForgetting();
        }
    }
}
