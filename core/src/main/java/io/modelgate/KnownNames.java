package io.modelgate;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the control log and this process know of the gates that a scope concerns. Made under the lock of the control side. */
record KnownNames(Set<String> gates, Set<String> versions, Set<String> attributes) {

    private static KnownNames of(Control control, Scope scope) {
        Set<String> gates = new TreeSet<>(control.known());
        control.gates().forEach(gate -> gates.add(gate.name()));
        Collection<String> concerned = scope.isFleet() ? gates : List.of(scope.gate());
        Set<String> versions = new TreeSet<>();
        Set<String> attributes = new TreeSet<>();
        for (String name : concerned) {
            if (gates.contains(name)) {
                GateDescription description = GateDescription.of(name, control);
                versions.addAll(description.versions());
                attributes.addAll(description.attributes());
            }
        }
        return new KnownNames(gates, versions, attributes);
    }

    /** Refuses a scope that names what the log and this process do not know; the error lists what there is. */
    static void require(Control control, Scope scope) {
        control.locked(() -> of(control, scope)).require(scope);
    }

    private void require(Scope scope) {
        if (!scope.isFleet() && !gates.contains(scope.gate())) {
            throw new IllegalArgumentException("gate \"" + scope.gate() + "\" is unknown; known gates are " + gates);
        }
        if (scope.version() != null && !versions.contains(scope.version())) {
            throw new IllegalArgumentException("version \"" + scope.version() + "\" of gate \"" + scope.gate()
                    + "\" is unknown; known versions are " + versions);
        }
        if (scope.attribute() != null && !attributes.contains(scope.attribute())) {
            throw new IllegalArgumentException("attribute \"" + scope.attribute() + "\" is not declared by "
                    + (scope.isFleet() ? "any gate" : "gate \"" + scope.gate() + "\"") + "; declared are "
                    + attributes);
        }
    }
}
