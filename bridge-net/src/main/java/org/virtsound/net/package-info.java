/** The SOUND network: what should be, what is, and the steps between. */
@NullMarked
package org.virtsound.net;

import org.jspecify.annotations.NullMarked;
