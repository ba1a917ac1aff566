/** The one room that knows libvirt's library: connects, reconnects without crashing the JVM, and says which domain to read again. */
@NullMarked
package org.virtsound.plugin.libvirt;

import org.jspecify.annotations.NullMarked;
