package org.virtsound.net;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The steps from what is to what should be: a pure function of the two, empty when nothing is to be done.
 *
 * @param steps in order
 * @param problems what is in the way of all of it; then there are no steps
 * @param left ports that are left out, and why; the others are served
 */
public record NetworkPlan(List<Step> steps, List<Problem> problems, Map<GuestPort, Problem> left) {
    public NetworkPlan {
        steps = List.copyOf(steps);
        problems = List.copyOf(problems);
        left = Map.copyOf(left);
    }

    /** To the network with exactly these guests' ports; {@code maker} is noted on devices that have to be made. */
    public static NetworkPlan up(SoundNetwork network, Collection<GuestPort> ports, NetworkState state, Maker maker) {
        return new UpPlan(network, state, maker).plan(ports);
    }

    /** To a machine without the network; the daemon leaves what the command made, and nobody removes a stranger's. */
    public static NetworkPlan down(SoundNetwork network, NetworkState state, Maker who) {
        return new DownPlan(network, state, who).plan();
    }

    public boolean isEmpty() {
        return steps.isEmpty() && problems.isEmpty();
    }

    /** All steps as text that a person can paste into a shell; empty when nothing is to be done. */
    public String shell() {
        return steps.stream().map(step -> step.shell() + "\n").collect(Collectors.joining());
    }

    /**
     * Runs the steps. Where one fails, what those before it newly made is taken away again; what of its own is left under another
     * name, the next plan removes.
     *
     * @throws NetworkException there are problems; nothing was changed
     * @throws CommandFailure a step failed
     */
    public void apply(Commands commands) {
        if (!problems.isEmpty()) {
            throw new NetworkException(problems);
        }
        Deque<Command> undo = new ArrayDeque<>();
        try {
            for (Step step : steps) {
                commands.run(step.command());
                // Not before: a device of that name may be somebody else's, made since we looked.
                if (step.undo() != null) {
                    undo.push(Objects.requireNonNull(step.undo()));
                }
            }
        } catch (CommandFailure e) {
            for (Command command : undo) {
                try {
                    commands.run(command);
                } catch (CommandFailure alsoFailed) {
                    e.addSuppressed(alsoFailed);
                }
            }
            throw e;
        }
    }
}
