package io.modelgate.benchmarks.spring.plain;

import io.modelgate.benchmarks.spring.Ready;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A small service with a model, on whatever is on the class path. */
@SpringBootApplication(proxyBeanMethods = false)
public class PlainApplication {

    PlainApplication() {}

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(PlainApplication.class);
        application.addListeners(new Ready());
        application.run(arguments);
    }
}
