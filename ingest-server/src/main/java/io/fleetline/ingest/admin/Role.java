package io.fleetline.ingest.admin;

/** What a token is good for; each role may do what those before it may. */
public enum Role {
    /** See devices, tenants and refused attempts. */
    READ(1),
    /** Disable and enable, rotate and revoke credentials. */
    OPERATE(2),
    /** Add and remove, change tenants, import and export. */
    ADMIN(3);

    private final int rank;

    Role(int rank) {
        this.rank = rank;
    }

    /** Whether whoever has this role may do what that one may. */
    boolean includes(Role other) {
        return rank >= other.rank;
    }
}
