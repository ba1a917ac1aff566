/** The native protocol as values: frame codec, tagstruct codec, one record per command. No policy, no I/O. */
@NullMarked
package org.virtsound.audio.pulse;

import org.jspecify.annotations.NullMarked;
