/** Gates in Spring Boot applications: configured under {@code modelgate.*}, wired by annotation, seen in the actuator. */
@NullMarked
package io.modelgate.spring;

import org.jspecify.annotations.NullMarked;
