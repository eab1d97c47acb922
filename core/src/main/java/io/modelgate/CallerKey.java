package io.modelgate;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of a {@link Gated} method that is the key of the {@link Caller}: a {@code String}, {@code UUID}, {@code long} or
 * {@code int}. Null means an anonymous caller; an empty string is refused, as {@link Caller#of} does. The version gets it too.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface CallerKey {}
