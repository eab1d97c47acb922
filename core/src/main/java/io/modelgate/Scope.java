package io.modelgate;

import org.jspecify.annotations.Nullable;

/**
 * What a switch turns off: the fleet, a gate or a version, optionally narrowed to one value of a declared attribute.
 *
 * @param gate the gate's name, or {@code *} for the fleet
 * @param version the version's id, or null for every version
 * @param attribute the attribute that narrows the scope, or null
 * @param value the one value of the attribute, or null
 */
public record Scope(
        String gate,
        @Nullable String version,
        @Nullable String attribute,
        @Nullable String value) {

    /** The gate name that stands for all gates. */
    public static final String FLEET = "*";

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if a name is malformed, a version is given for the fleet, or only one of
     *     attribute and value is given
     */
    public Scope {
        if (!gate.equals(FLEET)) {
            Names.name("gate", gate);
        } else if (version != null) {
            throw new IllegalArgumentException(
                    "version is \"" + version + "\" but the scope is the fleet (*): name a gate");
        }
        if (version != null) {
            Names.name("version", version);
        }
        if ((attribute == null) != (value == null)) {
            throw new IllegalArgumentException("attribute is " + Names.quote(attribute) + " and value is "
                    + Names.quote(value) + ": give both or neither");
        }
        if (attribute != null && value != null) {
            Names.name("attribute", attribute);
            Names.text("value", value, 1, 200);
        }
    }

    /** Every gate, in every process that shares the control log. */
    public static Scope fleet() {
        return new Scope(FLEET, null, null, null);
    }

    /** One gate, with all its versions. */
    public static Scope gate(String gate) {
        return new Scope(gate, null, null, null);
    }

    /** One version of a gate. */
    public static Scope version(String gate, String version) {
        return new Scope(gate, version, null, null);
    }

    /** Returns this scope narrowed to the callers whose attribute has the given value, and to those who lack it. */
    public Scope where(String attribute, String value) {
        return new Scope(gate, version, attribute, value);
    }

    /** Whether this is the fleet, narrowed or not. */
    public boolean isFleet() {
        return gate.equals(FLEET);
    }

    /** Whether this scope is narrowed to one value of an attribute. */
    public boolean narrowed() {
        return attribute != null;
    }

    /** Whether a kill of this scope turns off a part of another. */
    public boolean bearsOn(Scope other) {
        boolean sameGate = isFleet() || other.isFleet() || gate.equals(other.gate);
        boolean sameVersion = version == null || other.version == null || version.equals(other.version);
        boolean apart =
                attribute != null && attribute.equals(other.attribute) && value != null && !value.equals(other.value);
        return sameGate && sameVersion && !apart;
    }

    /** The scope as the command line and the log write it: {@code credit-risk/v2[region=eu]}. */
    @Override
    public String toString() {
        return gate
                + (version == null ? "" : "/" + version)
                + (attribute == null ? "" : "[" + attribute + "=" + value + "]");
    }
}
