package io.modelgate.spring;

import io.modelgate.Caller;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Makes callers of what requests carry. */
final class RequestParts {

    private static final int DIGEST_BYTES = 16;

    /** What frameworks give requests on which nobody has logged in. By name, as no such framework need be there. */
    private static final String NOBODY = "org.springframework.security.authentication.AnonymousAuthenticationToken";

    private RequestParts() {}

    /** What a header or a name says, or null if that is nothing. */
    static @Nullable String text(@Nullable String given) {
        return given == null || given.isBlank() ? null : given.strip();
    }

    /** Whether principals of a class stand for nobody. */
    static boolean isNobody(@Nullable Class<?> principal) {
        return principal != null && (principal.getName().equals(NOBODY) || isNobody(principal.getSuperclass()));
    }

    /** The caller with a key and the id of a session, either of which may be missing. */
    static Caller caller(@Nullable String key, @Nullable String session) {
        Caller caller = key == null ? Caller.anonymous() : Caller.of(key);
        return session == null ? caller : caller.session(digest(session));
    }

    /** The id of a session is a secret: whoever has it is logged in. What gates, budgets and their files hold is not it. */
    private static String digest(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256, which every JDK has", e);
        }
    }
}
