/** The command: asks the daemon over its control socket, or works on the network by itself. */
@NullMarked
package org.virtsound.plugin.cli;

import org.jspecify.annotations.NullMarked;
