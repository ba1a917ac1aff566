package org.virtsound.plugin;

import java.lang.reflect.Proxy;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * SIGHUP as the wish to read the configuration again; without it the JVM would end. Java has no public interface for signals, and
 * the one everybody uses may be asked for by reflection alone where warnings are errors.
 */
final class Hangup {
    private Hangup() {}

    /** @param reload runs on the JVM's signal thread */
    static void handle(Runnable reload) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Hangup.class.getClassLoader(),
                    new Class<?>[] {handler},
                    (self, method, args) -> switch (method.getName()) {
                        case "handle" -> {
                            reload.run();
                            yield null;
                        }
                        case "hashCode" -> System.identityHashCode(self);
                        case "equals" -> args != null && self == args[0];
                        default -> "SIGHUP";
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
        } catch (ReflectiveOperationException e) {
            Logger.getLogger(Hangup.class.getName()).log(Level.WARNING, "SIGHUP ends this JVM's process", e);
        }
    }
}
