package org.virtsound.net;

import java.util.List;

/** The network could not be made so; the message says what is in the way, line by line, with the next step. */
public final class NetworkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public NetworkException(List<Problem> problems) {
        super(String.join("\n", problems.stream().map(Problem::toString).toList()));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
