package io.modelgate.spring.test;

import io.modelgate.Caller;
import io.modelgate.Gated;
import io.modelgate.Version;
import io.modelgate.spring.CallerResolver;
import java.util.Optional;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A web application of which slices are tested, with gates that answer at once, later and with a stream, and have no fallback. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Desk {

    interface Writer {
        @Gated("word")
        String word();

        @Gated("title")
        Mono<String> title();

        @Gated("pieces")
        Flux<String> pieces();
    }

    @Version("v1")
    static class Plain implements Writer {
        @Override
        public String word() {
            return "word";
        }

        @Override
        public Mono<String> title() {
            return Mono.just("title");
        }

        @Override
        public Flux<String> pieces() {
            return Flux.just("p", "q");
        }
    }

    @RestController
    record Pages(Writer writer, CallerResolver callers) {
        @GetMapping("/word")
        String word() {
            return writer.word();
        }

        @GetMapping("/title")
        Mono<String> title() {
            return writer.title();
        }

        @GetMapping("/pieces")
        Flux<String> pieces() {
            return writer.pieces();
        }

        @GetMapping("/caller")
        String caller() {
            return Optional.ofNullable(callers.resolve()).flatMap(Caller::key).orElse("nobody");
        }
    }
}
