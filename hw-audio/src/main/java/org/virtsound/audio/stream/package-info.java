/** What passes between guest and host: PulseAudio's own stream model (credit, seek, cork, flush, drain, prebuf, timing) as values and ports. */
@NullMarked
package org.virtsound.audio.stream;

import org.jspecify.annotations.NullMarked;
