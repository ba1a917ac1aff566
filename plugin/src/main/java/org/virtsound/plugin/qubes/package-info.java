/** Guests with Qubes' audio agent: served over vchans, their microphone steered as Qubes' tools do it. */
@NullMarked
package org.virtsound.plugin.qubes;

import org.jspecify.annotations.NullMarked;
