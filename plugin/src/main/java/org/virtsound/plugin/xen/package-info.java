/** What xenstore knows of Xen's guests and libvirt does not: the devices of their NICs, and the guests of xl. */
@NullMarked
package org.virtsound.plugin.xen;

import org.jspecify.annotations.NullMarked;
