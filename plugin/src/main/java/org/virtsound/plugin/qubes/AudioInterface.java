package org.virtsound.plugin.qubes;

import org.freedesktop.dbus.annotations.DBusBoundProperty;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.messages.DBusSignal;

/** {@code org.qubesos.Audio}, the oldest of Qubes' three controls (qubes-audio.md, 6 (a)). Public because the library's proxies ask for it. */
@DBusInterfaceName("org.qubesos.Audio")
public interface AudioInterface extends DBusInterface {
    @DBusBoundProperty(name = "RecAllowed")
    boolean isRecAllowed();

    @DBusBoundProperty(name = "RecAllowed")
    void setRecAllowed(boolean allowed);

    /** The permission has changed; with the guest's name. */
    final class RecAllowedChanged extends DBusSignal {
        private final boolean allowed;

        public RecAllowedChanged(String path, boolean allowed, String guest) throws DBusException {
            super(path, allowed, guest);
            this.allowed = allowed;
        }

        public boolean allowed() {
            return allowed;
        }
    }
}
