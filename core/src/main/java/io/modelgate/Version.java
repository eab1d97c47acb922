package io.modelgate;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the version that a class implements, in every gate of the interface, or of the class itself; takes effect in {@link Gates#guard} and
 * {@link Gates#guarded}. Not inherited.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Version {

    /** The version's id: 1 to 100 letters, digits, '.', '_' or '-'. */
    String value();

    /** The backend it runs on, as {@link VersionBuilder#backend} has it. Default: none that any other version shares. */
    String backend() default "";

    /** The name of its price, as {@link VersionBuilder#price} has it. Default: the gate's name, a slash and the id. */
    String price() default "";

    /** The digest of its artefact, as {@link VersionBuilder#digest} has it. Default: none. */
    String digest() default "";
}
