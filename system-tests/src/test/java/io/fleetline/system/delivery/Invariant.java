package io.fleetline.system.delivery;

/** What must hold in every history; a failure names the one that fell. */
enum Invariant {
    /** When a receipt is told, the event stands in the topic. */
    RECEIPT_MEANS_STORED,
    /** Who published an event is told of its end at most once. */
    ONE_END_PER_EVENT,
    /** A reader of the whole topic accepts every receipted event, once all has come to rest. */
    RECEIPTED_IS_ACCEPTED,
    /** The same without one further publish. */
    NOTHING_RECEIPTED_STAYS_HELD,
    /** No reader accepts an event twice; where a disk was set back, only of a run that OVERTAKEN names. */
    ACCEPTED_ONCE,
    /** The events of a lane of a store are accepted in the order in which they were published. */
    ACCEPTED_IN_ORDER,
    /** Nothing vanished, so nobody is told LOST. */
    NO_FALSE_LOST,
    /** Nobody copied the store, and no number has two events, so nobody is told so. */
    NO_FALSE_ALARM,
    /** Each removed acknowledged record is named by LOST. */
    REMOVED_IS_REPORTED,
    /** LOST names no other number. */
    ONLY_REMOVED_IS_REPORTED,
    /** What was not removed is accepted all the same. */
    REMOVAL_HIDES_NOTHING,
    /** A reader that was restarted differs in nothing from one that was not. */
    RESTART_CHANGES_NOTHING,
    /** A reader that lets go of stores of which the topic keeps nothing differs in nothing from one that does not. */
    FORGETTING_CHANGES_NOTHING,
    /** A reader that begins in the middle accepts what is receipted and still to come. */
    JOINING_LOSES_NOTHING,
    /** What a device has forced to its disk arrives, unless it declared it dropped. */
    DURABLE_SURVIVES,
    /** A disk that lies, is set back or rots costs nothing but what it had declared dropped, or what readers are told of. */
    LOSES_ONLY_WHAT_IT_DROPPED,
    /** Where two copies of a store cost an event, readers hear an alarm about the event's stream. */
    COPIES_ARE_NOTICED,
    /** A run has one order, and one first number in each lane. */
    A_RUN_IS_ONE,
    /** A number of a run is one event, or a gap that its device put there for a reason that there was. */
    A_NUMBER_IS_ONE,
    /** What an honest device has once sent as a gap it never sends as an event again, whatever happened in between. */
    A_GAP_STAYS_ONE,
    /** Each event that a reader is given is accepted, ignored for a reason that it is told, or still held. */
    NOTHING_VANISHES,
    /** Device and node find no fault with each other's frames. */
    NO_BREACH_OF_PROTOCOL,
    /** Without new faults everything is settled. */
    ALL_SETTLES,
    /** No part fails by itself. */
    NO_INTERNAL_ERROR
}
