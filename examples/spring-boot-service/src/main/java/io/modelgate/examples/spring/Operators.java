package io.modelgate.examples.spring;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;

/**
 * Who may do what: everybody may ask for credit, a load balancer may ask for the health, and only operators may look further, kill and revive.
 * Requests carry their credentials, so there is no session that another site could ride on, and they are JSON, which no form can send: so no CSRF
 * token is asked for.
 */
@Configuration(proxyBeanMethods = false)
class Operators {

    private static final String ROLE = "OPERATOR";
    private static final String[] ANYBODY = {"/score", "/limit", "/reasons", "/actuator/health/**"};

    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    SecurityFilterChain servletOperators(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(who -> who.requestMatchers(ANYBODY)
                        .permitAll()
                        .requestMatchers("/error")
                        .permitAll()
                        .anyRequest()
                        .hasRole(ROLE))
                .httpBasic(Customizer.withDefaults())
                .csrf(csrf -> csrf.disable())
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }

    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    SecurityWebFilterChain reactiveOperators(ServerHttpSecurity http) {
        return http.authorizeExchange(who ->
                        who.pathMatchers(ANYBODY).permitAll().anyExchange().hasRole(ROLE))
                .httpBasic(Customizer.withDefaults())
                .csrf(csrf -> csrf.disable())
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .build();
    }
}
