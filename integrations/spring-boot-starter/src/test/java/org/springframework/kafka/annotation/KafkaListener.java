package org.springframework.kafka.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Has the name of the real one, which these tests need not bring along. */
@Retention(RetentionPolicy.RUNTIME)
public @interface KafkaListener {}
