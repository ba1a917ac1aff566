/** Makes what should be so: from running domains to addresses, ports, rules and relays, over and over. */
@NullMarked
package org.virtsound.plugin.provision;

import org.jspecify.annotations.NullMarked;
