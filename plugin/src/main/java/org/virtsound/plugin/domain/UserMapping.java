package org.virtsound.plugin.domain;

import java.util.List;

/**
 * A container's users and groups as numbers of this machine's, from libvirt's {@code <idmap>}.
 *
 * @param uids never empty
 * @param gids never empty
 */
public record UserMapping(List<Range> uids, List<Range> gids) {
    public UserMapping {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        if (uids.isEmpty() || gids.isEmpty()) {
            throw new IllegalArgumentException("idmap: " + uids.size() + " ranges of uids, " + gids.size()
                    + " of gids (expected: one or more of each)");
        }
    }

    /**
     * @param first in the container
     * @param target what the first one is here
     */
    public record Range(long first, long target, long count) {
        private boolean has(long here) {
            return here >= target && here - target < count;
        }

        private boolean hasRoot() {
            return first == 0 && count > 0;
        }
    }

    /** @param uid of this machine's, unsigned */
    public boolean hasUid(int uid) {
        long here = Integer.toUnsignedLong(uid);
        return uids.stream().anyMatch(range -> range.has(here));
    }

    /** @return what the container's root is here, or its first user where it has no root */
    public int rootUid() {
        return root(uids);
    }

    /** @return what the container's group root is here, or its first group */
    public int rootGid() {
        return root(gids);
    }

    private static int root(List<Range> ranges) {
        return (int) ranges.stream()
                .filter(Range::hasRoot)
                .findFirst()
                .orElse(ranges.get(0))
                .target();
    }
}
