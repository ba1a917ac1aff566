/** What the package ships of the command's own model, so that the manual, the completion and {@code --help} say the same. */
@NullMarked
package org.virtsound.plugin.manual;

import org.jspecify.annotations.NullMarked;
