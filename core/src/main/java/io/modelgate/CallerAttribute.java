package io.modelgate;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of a {@link Gated} method that is an attribute of the {@link Caller}: a {@code String}, {@code UUID}, {@code long},
 * {@code int}, {@code boolean} or an enum, which counts by its name. Null means that the caller lacks it. The attribute is declared with
 * the gate, and the version gets the value too.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface CallerAttribute {

    /** The name of the attribute: 1 to 100 letters, digits, '.', '_' or '-'. */
    String value();
}
