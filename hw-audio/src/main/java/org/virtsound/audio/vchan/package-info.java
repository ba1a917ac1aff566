/** Byte channels to a domain without a network: Xen's vchan, and the same over unix sockets. */
@NullMarked
package org.virtsound.audio.vchan;

import org.jspecify.annotations.NullMarked;
