package org.virtsound.plugin.provision;

import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the reconciler is to look at again. Any thread puts in, libvirt's callbacks among them, so there is no lock; one thread takes
 * out. The same thing said many times is one thing to look at.
 */
final class Inbox implements HypervisorListener {
    private final Queue<Note> notes = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread reader;
    /** That the reader was unparked is not enough: whatever it waits for between two takes may swallow that. */
    private volatile boolean woken;

    /** Something to look at; equal ones are one. */
    sealed interface Note {
        record Connected(Hypervisor hypervisor) implements Note {}

        record Lost(Hypervisor hypervisor) implements Note {}

        record Changed(Hypervisor hypervisor, UUID domain) implements Note {}

        /** A piece of work for the reader's thread, which ends the future itself; each is one of its own. */
        record Task(Runnable work) implements Note {}
    }

    @Override
    public void connected(Hypervisor hypervisor) {
        put(new Note.Connected(hypervisor));
    }

    @Override
    public void lost(Hypervisor hypervisor) {
        put(new Note.Lost(hypervisor));
    }

    @Override
    public void changed(Hypervisor hypervisor, UUID domain) {
        put(new Note.Changed(hypervisor, domain));
    }

    void put(Note note) {
        notes.add(note);
        wake();
    }

    void wake() {
        woken = true;
        LockSupport.unpark(reader);
    }

    /** @return what is there, in the order of its first mention; waits up to {@code waitNanos} for something */
    Set<Note> take(long waitNanos) {
        reader = Thread.currentThread();
        if (!woken && waitNanos > 0) {
            LockSupport.parkNanos(this, waitNanos);
        }
        woken = false;
        Set<Note> taken = new LinkedHashSet<>();
        for (Note note = notes.poll(); note != null; note = notes.poll()) {
            taken.add(note);
        }
        return taken;
    }
}
