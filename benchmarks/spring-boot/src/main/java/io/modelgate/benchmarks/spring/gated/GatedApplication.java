package io.modelgate.benchmarks.spring.gated;

import io.modelgate.benchmarks.spring.Ready;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A small service with a model behind a gate. */
@SpringBootApplication(proxyBeanMethods = false)
public class GatedApplication {

    GatedApplication() {}

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(GatedApplication.class);
        application.addListeners(new Ready());
        application.run(arguments);
    }
}
