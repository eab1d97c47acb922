package io.modelgate.examples.spring;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** The service, on a free port. */
final class Running implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext service;
    private final int port;

    private Running(ConfigurableApplicationContext service) {
        this.service = service;
        port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    static Running start(String type, Path log) {
        return new Running(SpringApplication.run(
                CreditService.class,
                "--spring.main.web-application-type=" + type,
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--server.port=0",
                "--modelgate.gates.credit-risk.deadline=61s", // tests are of who answers, not of how fast the machine
                // is
                "--modelgate.gates.credit-risk.model-timeout=60s",
                "--modelgate.log.file=" + log));
    }

    HttpResponse<String> send(Readme.Step step, String kill) throws IOException, InterruptedException {
        return Curl.parse(step.curl(), kill).send(client, port);
    }

    HttpResponse<String> send(Readme.Step step) throws IOException, InterruptedException {
        return send(step, "");
    }

    static Map<String, Object> json(HttpResponse<String> answer) {
        return json(answer.body());
    }

    static Map<String, Object> json(String text) {
        return JsonParserFactory.getJsonParser().parseMap(text);
    }

    @Override
    public void close() {
        service.close();
    }
}
