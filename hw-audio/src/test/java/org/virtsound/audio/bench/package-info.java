/** What sound through the relay costs, beside plain forwarders; run by {@code scripts/bench}. */
package org.virtsound.audio.bench;
