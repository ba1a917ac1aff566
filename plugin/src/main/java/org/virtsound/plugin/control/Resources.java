package org.virtsound.plugin.control;

import java.util.concurrent.CompletableFuture;

/** Whatever answers requests. */
interface Resources {
    CompletableFuture<Answer> answer(Request request);
}
