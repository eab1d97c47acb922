package org.springframework.samples;

import io.modelgate.Gated;

/** A model of an application that lives beside Spring's own packages, as copies of its samples do. */
public class OwnersModel {

    @Gated(value = "owners", fallback = "nobody")
    public String owner(String pet) {
        return "the model's";
    }

    public String nobody(String pet) {
        return "nobody";
    }
}
