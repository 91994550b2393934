package io.fleetline.ingest.admin;

import io.fleetline.ingest.registry.ChangeRefusedException;

/** An answer that something cannot be done, as RFC 9457 wants it told. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;

    /**
     * A problem.
     *
     * @param title the same for all problems of a kind
     * @param detail what is wrong this time
     */
    Problem(int status, String title, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
    }

    static Problem badRequest(String detail) {
        return new Problem(400, "The request cannot be understood", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(404, "There is no such thing", detail);
    }

    static Problem of(ChangeRefusedException refused) {
        String detail = String.valueOf(refused.getMessage());
        return switch (refused.reason()) {
            case MISSING -> notFound(detail);
            case EXISTS -> new Problem(409, "It exists already", detail);
            case INVALID -> new Problem(422, "It is against a rule", detail);
        };
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
