/** Guest audio in, host audio out; knows nothing of libvirt. */
@NullMarked
package org.virtsound.audio;

import org.jspecify.annotations.NullMarked;
