package org.springframework.security.authentication;

import java.security.Principal;

/** Stands in for Spring Security's type of this name, which requests have there on which nobody has logged in. */
public final class AnonymousAuthenticationToken implements Principal {

    @Override
    public String getName() {
        return "anonymousUser";
    }
}
