/** A domain as its XML tells it, and what its metadata asks of its sound: values, validated one by one. */
@NullMarked
package org.virtsound.plugin.domain;

import org.jspecify.annotations.NullMarked;
