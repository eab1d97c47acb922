package io.modelgate.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class ServiceTest {

    @TempDir
    Path directory;

    private Path log() {
        return directory.resolve("modelgate.log");
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    @SuppressWarnings("unchecked")
    void everyLineOfTheReadmeAnswersWhatTheReadmeSays(String type) throws Exception {
        String kill = "";
        try (Running service = Running.start(type, log())) {
            for (Readme.Step step : Readme.steps()) {
                HttpResponse<String> answer = service.send(step, kill);

                assertThat(answer.statusCode())
                        .as("%s\n%s", step.curl(), answer.body())
                        .isEqualTo(200);
                if (!step.json()) {
                    assertThat(answer.body()).as(step.curl()).isEqualToIgnoringNewLines(step.answer());
                    continue;
                }
                Map<String, Object> json = Running.json(answer);
                if (json.get("kill") instanceof Map<?, ?> made) {
                    kill = (String) made.get("id");
                }
                assertHolds(json, Running.json(step.answer()), step.curl());
            }
        }
    }

    /** The answer has all that the README shows; where that ends in an ellipsis, it begins like it. */
    @SuppressWarnings("unchecked")
    private static void assertHolds(Map<String, Object> answer, Map<String, Object> shown, String line) {
        shown.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                assertHolds((Map<String, Object>) answer.get(key), (Map<String, Object>) inner, line);
            } else if (value instanceof String text && text.endsWith("…")) {
                assertThat((String) answer.get(key)).as(line).startsWith(text.substring(0, text.length() - 1));
            } else {
                assertThat(answer).as(line).containsEntry(key, value);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void nobodyKillsWithoutLoggingIn(String type) throws Exception {
        Readme.Step kill = Readme.step("/actuator/modelgate/credit-risk/kill", "scores look wrong");
        try (Running service = Running.start(type, log())) {
            HttpResponse<String> anonymous =
                    service.send(new Readme.Step(kill.curl().replaceAll("-u \\S+ ", ""), "", true));

            assertThat(anonymous.statusCode()).isEqualTo(401);
            assertThat(answeredBy(service)).isEqualTo("v1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void aStreamOfAKilledModelIsTheSafeAnswer(String type) throws Exception {
        Readme.Step kill = Readme.step("/actuator/modelgate/credit-risk/kill", "scores look wrong");
        Readme.Step ours = new Readme.Step(kill.curl().replace("credit-risk", "credit-reasons"), "", true);
        try (Running service = Running.start(type, log())) {
            assertThat(service.send(ours).statusCode()).isEqualTo(200);

            HttpResponse<String> answer = service.send(Readme.step("/reasons", "user-42"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualToIgnoringNewLines("data:A person will explain this decision to you.");
        }
    }

    @Test
    void aKillHoldsAcrossARestart() throws Exception {
        Readme.Step kill = Readme.step("/actuator/modelgate/credit-risk/kill", "scores look wrong");
        try (Running service = Running.start("servlet", log())) {
            assertThat(service.send(kill).statusCode()).isEqualTo(200);
        }
        try (Running service = Running.start("reactive", log())) {
            assertThat(answeredBy(service)).isEqualTo("byDebtRatio");
        }
    }

    private static Object answeredBy(Running service) throws Exception {
        return Running.json(service.send(Readme.step("/score", "user-42"))).get("answeredBy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void underLoadEveryRequestAfterAKillGetsTheSafeAnswerAndAfterTheReviveAModel(String type) throws Exception {
        Readme.Step kill = Readme.step("/actuator/modelgate/credit-risk/kill", "scores look wrong");
        Readme.Step revive = Readme.step("/actuator/modelgate/credit-risk/revive", "KILL");
        try (Running service = Running.start(type, log());
                Load load = Load.start(service, Readme.step("/score", "user-42"))) {
            List<Load.Seen> before = load.next(500);
            Map<String, Object> killed = Running.json(service.send(kill));
            List<Load.Seen> off = load.next(500);
            String id = (String) ((Map<?, ?>) killed.get("kill")).get("id");
            Map<String, Object> revived = Running.json(service.send(revive, id));
            List<Load.Seen> after = load.next(500);

            assertThat(killed).containsEntry("stored", true);
            assertThat(revived).containsEntry("stored", true);
            assertThat(before).hasSizeGreaterThanOrEqualTo(500).containsOnly(new Load.Seen(200, "v1"));
            assertThat(off).hasSizeGreaterThanOrEqualTo(500).containsOnly(new Load.Seen(200, "byDebtRatio"));
            assertThat(after).hasSizeGreaterThanOrEqualTo(500).containsOnly(new Load.Seen(200, "v1"));
        }
    }
}
