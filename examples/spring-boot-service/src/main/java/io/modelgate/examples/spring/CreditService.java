package io.modelgate.examples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The service. On Tomcat with Spring MVC, and with {@code --spring.main.web-application-type=reactive} with WebFlux. */
@SpringBootApplication(proxyBeanMethods = false)
class CreditService {

    CreditService() {}

    public static void main(String[] arguments) {
        SpringApplication.run(CreditService.class, arguments);
    }
}
