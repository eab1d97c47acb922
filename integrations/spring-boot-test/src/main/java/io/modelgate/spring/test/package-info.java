/** For the tests of Spring Boot applications: gates with manual time, kills and faults that are undone after each test. */
@NullMarked
package io.modelgate.spring.test;

import org.jspecify.annotations.NullMarked;
