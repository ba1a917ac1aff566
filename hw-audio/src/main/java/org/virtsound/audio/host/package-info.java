/** What faces the card: one file a backend, and the stream that never lets go. */
@NullMarked
package org.virtsound.audio.host;

import org.jspecify.annotations.NullMarked;
