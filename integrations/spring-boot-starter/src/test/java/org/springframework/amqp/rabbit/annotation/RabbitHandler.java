package org.springframework.amqp.rabbit.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Has the name of the real one, which these tests need not bring along. */
@Retention(RetentionPolicy.RUNTIME)
public @interface RabbitHandler {}
