package org.virtsound.plugin.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virtsound.net.NetworkPlan;
import org.virtsound.net.Problem;
import org.virtsound.net.Step;
import org.virtsound.plugin.control.Json;

/** A network plan as text: for people and for programs. */
final class PlanText {
    private PlanText() {}

    static String json(NetworkPlan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("steps", plan.steps().stream().map(PlanText::step).toList());
        json.put("problems", plan.problems().stream().map(Problem::toMap).toList());
        json.put("left", plan.left().values().stream().map(Problem::toMap).toList());
        return Json.renderIndented(json);
    }

    private static Map<String, Object> step(Step step) {
        return Map.of(
                "what", step.what(),
                "argv", List.copyOf(step.command().argv()),
                "stdin", step.command().stdin());
    }
}
