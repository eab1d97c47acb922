package io.modelgate.spring;

import io.modelgate.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The caller of the servlet request that this thread serves. Its key is the name of the authenticated principal, or else the value of a
 * header; its session is that of the request. On a thread that serves no request nobody is known. Thread-safe.
 *
 * <p>A header is the client's to choose, and with it the cohort and the budget: let a gateway set it and strip what clients send. The session
 * is never a key, as it changes at login: who has no key gets stable.
 */
final class RequestCallers implements CallerResolver {

    private static final String KNOWN = RequestCallers.class.getName() + ".known";

    private final boolean principal;
    private final @Nullable String header;
    private final boolean session;

    /** Which sources count; without any, everybody is anonymous. */
    RequestCallers(ModelGateProperties.Caller sources) {
        principal = sources.principal();
        header = RequestParts.text(sources.header());
        session = sources.session();
    }

    /** The caller of a request, kept with it: a request that crosses many gates has its key hashed once. */
    private record Known(@Nullable String key, @Nullable String session, Caller caller) {

        boolean is(@Nullable String key, @Nullable String session) {
            return Objects.equals(this.key, key) && Objects.equals(this.session, session);
        }
    }

    @Override
    public @Nullable Caller resolve() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes serving
                ? callerOf(serving.getRequest())
                : null;
    }

    private Caller callerOf(HttpServletRequest request) {
        String key = keyOf(request);
        String id = sessionOf(request);
        if (request.getAttribute(KNOWN) instanceof Known known && known.is(key, id)) { // a login changes both
            return known.caller();
        }
        Known known = new Known(key, id, RequestParts.caller(key, id));
        request.setAttribute(KNOWN, known);
        return known.caller();
    }

    private @Nullable String keyOf(HttpServletRequest request) {
        Principal user = principal ? request.getUserPrincipal() : null;
        String key = user == null ? null : RequestParts.text(user.getName());
        return key == null && header != null ? RequestParts.text(request.getHeader(header)) : key;
    }

    private @Nullable String sessionOf(HttpServletRequest request) {
        HttpSession current = session ? request.getSession(false) : null; // a gate starts no session
        return current == null ? null : current.getId();
    }
}
