package io.modelgate;

import io.modelgate.GuardMethod.Signature;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Leads each method of the proxy to its target. Thread-safe once it has its targets. */
final class GuardProxy implements InvocationHandler {

    private static final Object[] NO_ARGUMENTS = {};

    /** The methods seen so far, each as the one object that the proxy's class always hands over. */
    private static final class Learned {
        private final Method[] methods;
        private final GuardTarget[] targets;

        Learned(Method[] methods, GuardTarget[] targets) {
            this.methods = methods;
            this.targets = targets;
        }
    }

    private final String description;
    private volatile Map<Signature, GuardTarget> targets = Map.of();

    /** Written by any thread without a lock: whoever loses a race learns the method again. */
    private Learned learned = new Learned(new Method[0], new GuardTarget[0]);

    GuardProxy(String description) {
        this.description = description;
    }

    void leadTo(Map<Signature, GuardTarget> targets) {
        this.targets = Map.copyOf(targets);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // by identity first: equal methods are compared name by name
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
        @Nullable Object[] arguments = given == null ? NO_ARGUMENTS : given;
        Learned seen = learned;
        for (int i = 0; i < seen.methods.length; i++) {
            if (seen.methods[i] == method) {
                return seen.targets[i].call(arguments);
            }
        }
        return GuardType.ofEveryObject(method)
                ? ofEveryObject(proxy, method, arguments)
                : learn(seen, method).call(arguments);
    }

    private GuardTarget learn(Learned seen, Method method) {
        GuardTarget target = targets.get(Signature.of(method));
        if (target == null) {
            throw new IllegalStateException(method + " is no method of " + description);
        }
        int known = seen.methods.length;
        if (known >= 2 * targets.size()) { // code that calls by reflection brings a new object each time
            return target;
        }
        Method[] methods = Arrays.copyOf(seen.methods, known + 1);
        GuardTarget[] led = Arrays.copyOf(seen.targets, known + 1);
        methods[known] = method;
        led[known] = target;
        learned = new Learned(methods, led);
        return target;
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself only
    private Object ofEveryObject(Object proxy, Method method, @Nullable Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> description;
        };
    }
}
