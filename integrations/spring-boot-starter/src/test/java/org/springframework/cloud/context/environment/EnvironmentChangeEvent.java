package org.springframework.cloud.context.environment;

import java.util.Set;
import org.springframework.context.ApplicationEvent;

/** Has the name of the real one, which these tests need not bring along. */
public final class EnvironmentChangeEvent extends ApplicationEvent {

    private static final long serialVersionUID = 1;

    private final transient Set<String> keys;

    public EnvironmentChangeEvent(Object source, Set<String> keys) {
        super(source);
        this.keys = Set.copyOf(keys);
    }

    public Set<String> getKeys() {
        return keys;
    }
}
