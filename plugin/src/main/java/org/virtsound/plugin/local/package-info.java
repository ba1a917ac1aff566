/** Users and containers of this machine that no libvirt knows: each an endpoint with the same relay as a domain. */
@NullMarked
package org.virtsound.plugin.local;

import org.jspecify.annotations.NullMarked;
