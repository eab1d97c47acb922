package io.modelgate;

/**
 * Who makes a decision: a person or automation, and how that identity was established.
 *
 * @param name the identity, for instance {@code alice}; 1 to 200 characters, no control characters
 * @param authentication how it was authenticated, for instance {@code oidc}; {@code asserted} when the code that calls
 *     simply says so
 */
public record Actor(String name, String authentication) {

    /** The authentication of an actor that the calling code merely names. */
    public static final String ASSERTED = "asserted";

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if a name is empty, longer than 200 characters or holds a control character
     */
    public Actor {
        Names.text("actor", name, 1, 200);
        Names.text("authentication", authentication, 1, 100);
    }

    /**
     * Returns an actor whose identity the calling code asserts.
     *
     * @throws IllegalArgumentException if the name is empty, longer than 200 characters or holds a control character
     */
    public static Actor of(String name) {
        return new Actor(name, ASSERTED);
    }
}
