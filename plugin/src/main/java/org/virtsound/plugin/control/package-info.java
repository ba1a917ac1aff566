/** HTTP over a unix socket: who may ask, what there is to ask, and the events as they happen. */
@NullMarked
package org.virtsound.plugin.control;

import org.jspecify.annotations.NullMarked;
