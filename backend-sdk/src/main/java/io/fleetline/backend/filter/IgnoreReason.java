package io.fleetline.backend.filter;

/** Why a record goes no further than the filter. */
public enum IgnoreReason {
    /** Its number was delivered already, waits already, or is below the one at which the reader joined its stream. */
    REPEATED,
    /** A later run owns its numbers now, or followed it when its store was over. */
    TAKEN_OVER,
    /** A gap that the device put over its number was accepted first. */
    COVERED,
    /** It waited aside, and a later store is at work. */
    SUPERSEDED,
    /** It waited aside longer than there is room for; {@link Alarm.AsideOverflow} was raised. */
    ASIDE_OVERFLOW
}
