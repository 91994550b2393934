package io.fleetline.backend.filter;

/**
 * What a stream filter did since it was made; a restored one begins at 0.
 *
 * @param accepted records that were fed to it
 * @param events events that it delivered
 * @param gaps gaps, or parts of gaps, that it delivered
 * @param ignored records that went no further
 * @param lost numbers that {@link Alarm.Lost} named
 * @param cloned how often {@link Alarm.Cloned} was raised
 * @param asideOverflows how often {@link Alarm.AsideOverflow} was raised
 * @param conflicts how often {@link Alarm.Conflict} was raised
 * @param overtaken how often {@link Alarm.Overtaken} was raised
 */
public record FilterCounts(
        long accepted,
        long events,
        long gaps,
        long ignored,
        long lost,
        long cloned,
        long asideOverflows,
        long conflicts,
        long overtaken) {
    /** Nothing yet. */
    public static final FilterCounts NONE = new FilterCounts(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** These and others. */
    public FilterCounts plus(FilterCounts other) {
        return new FilterCounts(
                accepted + other.accepted,
                events + other.events,
                gaps + other.gaps,
                ignored + other.ignored,
                lost + other.lost,
                cloned + other.cloned,
                asideOverflows + other.asideOverflows,
                conflicts + other.conflicts,
                overtaken + other.overtaken);
    }
}
