/** Starts the daemon and the command, and wires the rooms together. */
@NullMarked
package org.virtsound.plugin;

import org.jspecify.annotations.NullMarked;
