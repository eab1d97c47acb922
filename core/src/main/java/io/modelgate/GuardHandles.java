package io.modelgate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

/** Handles on the methods of a guarded interface or class, taken when it is guarded; all take the arguments as one array. */
final class GuardHandles {

    private static final MethodHandles.Lookup OWN = MethodHandles.lookup();

    /** In place of a handle that a mistake keeps from being taken; never called. */
    static final MethodHandle NONE = MethodHandles.empty(MethodType.methodType(Object.class, Object[].class));

    private GuardHandles() {}

    /** The method of an object, whichever class implements it. */
    static MethodHandle on(Object target, Method method) throws IllegalAccessException {
        return spread(lookup(method).unreflect(method).asFixedArity().bindTo(target), method);
    }

    /** The body that an interface gives a default method, with an object that may override it as its {@code this}. */
    static MethodHandle body(Object target, Method method) throws IllegalAccessException {
        MethodHandle body = lookup(method).unreflectSpecial(method, method.getDeclaringClass());
        return spread(body.asFixedArity().bindTo(target), method);
    }

    static MethodHandle ofStatic(Method method) throws IllegalAccessException {
        return spread(lookup(method).unreflect(method).asFixedArity(), method);
    }

    private static MethodHandle spread(MethodHandle handle, Method method) {
        return handle.asType(handle.type().generic()).asSpreader(Object[].class, method.getParameterCount());
    }

    /** The mistake of a method that may not be called from here. */
    static String closed(Method method) {
        Class<?> owner = method.getDeclaringClass();
        return owner.getName() + " is not accessible; make it public and export its package, or open it: opens "
                + owner.getPackageName() + " to io.modelgate";
    }

    /** A lookup that may see the method's interface: its own where its module allows that, which a package-private one needs. */
    private static MethodHandles.Lookup lookup(Method method) {
        try {
            return MethodHandles.privateLookupIn(method.getDeclaringClass(), OWN);
        } catch (IllegalAccessException e) {
            return OWN;
        }
    }
}
