package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

/** What an editor shows of {@code modelgate.*}. */
class MetadataTest {

    @Test
    void everyPropertyIsDescribed() throws IOException {
        List<String> names = new ArrayList<>();
        for (Map<?, ?> property : all("properties")) {
            String name = String.valueOf(property.get("name"));
            if (name.startsWith("modelgate.")) {
                names.add(name);
                assertThat(property.get("description")).as(name).asString().hasSizeGreaterThan(10);
            }
        }
        assertThat(names)
                .contains(
                        "modelgate.log.file",
                        "modelgate.log.redis.uri",
                        "modelgate.kill-when-stale",
                        "modelgate.gates",
                        "modelgate.rollouts",
                        "modelgate.budgets.prices",
                        "modelgate.budgets.redis.lease",
                        "modelgate.log.redis.identity-secret");
    }

    @Test
    void everyGroupSaysThatItIsReadOnce() throws IOException {
        assertThat(all("groups"))
                .extracting(group -> String.valueOf(group.get("name")))
                .contains("modelgate.log", "modelgate.log.redis", "modelgate.caller");
        for (Map<?, ?> group : all("groups")) {
            if (String.valueOf(group.get("name")).matches("modelgate(\\..*)?")) {
                assertReadOnce(group);
            }
        }
        for (Map<?, ?> property : all("properties")) {
            if (String.valueOf(property.get("name")).matches("modelgate\\.[^.]+")) {
                assertReadOnce(property);
            }
        }
    }

    private static void assertReadOnce(Map<?, ?> item) {
        assertThat(item.get("description"))
                .as(String.valueOf(item.get("name")))
                .asString()
                .contains("Read once, at the start");
    }

    private static List<Map<?, ?>> all(String kind) throws IOException {
        try (InputStream in =
                ModelGateProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, Object> all =
                    JsonParserFactory.getJsonParser().parseMap(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            List<Map<?, ?>> items = new ArrayList<>();
            ((List<?>) all.get(kind)).forEach(each -> items.add((Map<?, ?>) each));
            return items;
        }
    }
}
