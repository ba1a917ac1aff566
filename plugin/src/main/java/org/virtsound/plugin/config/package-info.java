/** Reads virt-sound.conf: every key known, every value checked, errors that say what to write instead. */
@NullMarked
package org.virtsound.plugin.config;

import org.jspecify.annotations.NullMarked;
