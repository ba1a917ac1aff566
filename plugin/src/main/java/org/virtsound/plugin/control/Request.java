package org.virtsound.plugin.control;

import java.util.List;
import java.util.Map;

/**
 * One request, checked for form alone.
 *
 * @param path its segments, decoded
 * @param body the JSON object, empty where there is none
 * @param peer who asks, for people: "ann (uid 1000)"
 */
record Request(String method, List<String> path, Map<String, Object> body, String peer) {}
