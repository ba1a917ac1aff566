/** What faces a guest: each endpoint ends its protocol here; nothing of a guest's bytes but PCM goes further. */
@NullMarked
package org.virtsound.audio.guest;

import org.jspecify.annotations.NullMarked;
