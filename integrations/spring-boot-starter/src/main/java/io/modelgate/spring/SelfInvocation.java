package io.modelgate.spring;

import io.modelgate.Gated;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.NativeDetector;
import org.springframework.util.ClassUtils;

/**
 * Finds calls of a bean's gated methods by the bean itself. The proxy stands before the bean, so that such a call passes no gate: a kill would
 * not stop it, and nobody would notice. Reads the bytecode of the class, of those that it extends,
 * of their interfaces and of those nested in it, and follows which value on the
 * stack is the bean. Where there is no bytecode, as in a native image, it finds nothing: there the check was made ahead of time.
 */
final class SelfInvocation {

    private static final Logger LOG = LoggerFactory.getLogger(SelfInvocation.class);

    private final Class<?> type;
    private final Map<String, Gated> gated = new HashMap<>();
    private final Set<String> owners = new HashSet<>();
    private final Set<String> read = new HashSet<>();
    private final Set<String> found = new TreeSet<>();

    private SelfInvocation(Class<?> type) {
        this.type = type;
        for (Method method : GatedMethods.inClasses(type)) {
            gated.put(method.getName() + Type.getMethodDescriptor(method), method.getAnnotation(Gated.class));
        }
        for (Class<?> each = type; GatedMethods.isUsers(each); each = each.getSuperclass()) {
            owners.add(Type.getInternalName(each));
        }
        int before;
        do { // one bridge may lead to another
            before = gated.size();
            for (Class<?> each = type; GatedMethods.isUsers(each); each = each.getSuperclass()) {
                Arrays.stream(each.getDeclaredMethods())
                        .filter(Method::isBridge)
                        .forEach(this::addBridge);
            }
        } while (gated.size() > before);
        ClassUtils.getAllInterfacesForClassAsSet(type).forEach(each -> owners.add(Type.getInternalName(each)));
    }

    private void addBridge(Method bridge) {
        Method bridged = BridgeMethodResolver.findBridgedMethod(bridge);
        String to = bridged.getName() + Type.getMethodDescriptor(bridged);
        String from = bridge.getName() + Type.getMethodDescriptor(bridge);
        Gated of = gated.getOrDefault(to, gated.get(from));
        if (of != null) {
            gated.putIfAbsent(to, of);
            gated.putIfAbsent(from, of);
        }
    }

    /**
     * Refuses a class that calls its own gated methods.
     *
     * @throws StartException naming the methods on both sides of each such call
     */
    static void check(Class<?> type) {
        Set<String> found = find(type);
        if (!found.isEmpty()) {
            throw new StartException(
                    String.join("\n", found),
                    "A call within the object does not pass the proxy that has the gate. Move the gated method to another bean,"
                            + " or have the bean injected into itself, @Lazy " + type.getSimpleName()
                            + " self, and call self's method.");
        }
    }

    /** The calls that it finds, in words. */
    static Set<String> find(Class<?> type) {
        SelfInvocation self = new SelfInvocation(type);
        for (Class<?> each = type; GatedMethods.isUsers(each); each = each.getSuperclass()) {
            self.read(each.getClassLoader(), Type.getInternalName(each), Type.getInternalName(each));
        }
        for (Class<?> each : ClassUtils.getAllInterfacesForClassAsSet(type)) {
            if (GatedMethods.isUsers(each)) {
                self.read(each.getClassLoader(), Type.getInternalName(each), Type.getInternalName(each));
            }
        }
        return self.found;
    }

    /** Reads a class, and those nested in it. */
    private void read(@Nullable ClassLoader loader, String name, String outer) {
        Deque<String> open = new ArrayDeque<>(Set.of(name));
        while (!open.isEmpty()) {
            String next = open.remove();
            if (read.add(next)) {
                open.addAll(readOne(loader, next, outer));
            }
        }
    }

    private Set<String> readOne(@Nullable ClassLoader loader, String name, String outer) {
        Set<String> nested = new LinkedHashSet<>();
        String file = name + ".class";
        try (InputStream bytes =
                loader == null ? ClassLoader.getSystemResourceAsStream(file) : loader.getResourceAsStream(file)) {
            if (bytes != null) {
                new ClassReader(bytes)
                        .accept(new Reader(name, outer, nested), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            } else if (!NativeDetector.inNativeImage()) {
                unread(name, "its bytecode is not to be had");
            }
        } catch (IOException | RuntimeException e) { // of a newer JDK perhaps
            unread(name, String.valueOf(e));
        }
        return nested;
    }

    private void unread(String name, String why) {
        LOG.warn(
                "Calls of the gated methods of {} by itself would pass no gate, and {} could not be searched for them: {}",
                type.getName(),
                ClassUtils.convertResourcePathToClassName(name),
                why);
    }

    private final class Reader extends ClassVisitor {

        private final String name;
        private final String outer;
        private final Set<String> nested;

        Reader(String name, String outer, Set<String> nested) {
            super(SpringAsmInfo.ASM_VERSION);
            this.name = name;
            this.outer = outer;
            this.nested = nested;
        }

        @Override
        public void visitInnerClass(String inner, @Nullable String of, @Nullable String simple, int access) {
            if (inner.startsWith(name + "$")) {
                nested.add(inner);
            }
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String method,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            if ((access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE | Opcodes.ACC_BRIDGE)) != 0) {
                return null;
            }
            boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
            boolean own = name.equals(outer);
            String self = method + descriptor;
            return new SelfFlow(own && !isStatic, own ? null : "L" + outer + ";", (owner, called, overridden) -> {
                Gated gate = gated.get(called);
                if (gate != null && owners.contains(owner) && !(overridden && gate.equals(gated.get(self)))) {
                    found.add(text(method, called, gate));
                }
            });
        }

        private String text(String method, String called, Gated gate) {
            return type.getName() + "." + called.substring(0, called.indexOf('(')) + " is gated, @Gated(\""
                    + gate.value() + "\"), and " + caller(method) + " calls it within the object, past its gate";
        }

        private String caller(String method) {
            String in = name.substring(name.lastIndexOf('/') + 1).replace('$', '.');
            if (method.startsWith("lambda$")) {
                return "a lambda in " + in + "." + method.substring("lambda$".length(), method.lastIndexOf('$'));
            }
            return method.equals("<init>") ? "the constructor of " + in : in + "." + method;
        }
    }
}
