/** The corridor between guest and host: one relay a guest, its policy, limits and meters. */
@NullMarked
package org.virtsound.audio.relay;

import org.jspecify.annotations.NullMarked;
