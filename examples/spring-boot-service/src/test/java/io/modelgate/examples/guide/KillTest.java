package io.modelgate.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.examples.spring.Curl;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** What the guide has its reader send to the application that it begins with, and what it says is answered. */
@Timeout(180)
class KillTest {

    private static final String PASSWORD = "for-the-test";
    private static final Pattern STEP = Pattern.compile("```sh\n(curl [^`]*)```\n```json\n([^`]*)```\n");
    private static final Pattern FIELD = Pattern.compile("\"\\w+\":(?:\"[^\"]*\"|true|false)");
    private static final Pattern CURL = Pattern.compile("```sh\ncurl ");

    @TempDir
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    private record Step(String curl, String answer) {}

    private static List<Step> steps() throws IOException {
        String guide = GuideTest.guide();
        List<Step> steps = new ArrayList<>();
        for (Matcher each = STEP.matcher(guide); each.find(); ) {
            steps.add(new Step(each.group(1).replace("$OPERATOR_PASSWORD", PASSWORD), each.group(2)));
        }
        assertThat(steps).as("an answer behind each line with curl").hasSize((int)
                CURL.matcher(guide).results().count());
        return steps;
    }

    private ConfigurableApplicationContext start() {
        return SpringApplication.run(
                Credit.class,
                "--spring.config.name=guide,guide-kill",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--server.port=0",
                "--OPERATOR_PASSWORD=" + PASSWORD,
                "--modelgate.log.file=" + directory.resolve("modelgate.log"));
    }

    private HttpResponse<String> send(String curl, ConfigurableApplicationContext application) throws Exception {
        int port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        return Curl.parse(curl, "").send(client, port);
    }

    @Test
    void everyLineOfTheGuideAnswersWhatTheGuideSays() throws Exception {
        List<Step> steps = steps();
        assertThat(steps).hasSizeGreaterThanOrEqualTo(3);
        try (ConfigurableApplicationContext application = start()) {
            for (Step step : steps) {
                HttpResponse<String> answer = send(step.curl(), application);

                assertThat(answer.statusCode())
                        .as("%s\n%s", step.curl(), answer.body())
                        .isEqualTo(200);
                // In whatever order they come.
                assertThat(FIELD.matcher(step.answer()).results())
                        .isNotEmpty()
                        .allSatisfy(field -> assertThat(answer.body())
                                .as(step.curl())
                                .contains(field.group().replaceAll("…\"$", "")));
            }
        }
    }

    @Test
    void aKillWithoutALoginIsRefused() throws Exception {
        Step kill = steps().stream()
                .filter(step -> step.curl().contains("/kill"))
                .findFirst()
                .orElseThrow();
        Step ask = steps().get(0);
        try (ConfigurableApplicationContext application = start()) {
            assertThat(send(kill.curl().replaceAll("-u \\S+ ", ""), application).statusCode())
                    .isEqualTo(401);
            assertThat(send(ask.curl(), application).body())
                    .isEqualTo(ask.answer().strip());
        }
    }
}
