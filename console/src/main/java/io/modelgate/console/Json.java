package io.modelgate.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads and writes what the API says. What is read is exactly what the API knows: a misspelt name or a wrong type is refused. Thread-safe. */
final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxStringLength(20_000)
                            .maxNumberLength(50)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private Json() {}

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value.getClass().getSimpleName(), e);
        }
    }

    /** What a value is written as, to be looked at. */
    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /**
     * Reads a body.
     *
     * @throws Problem 400, saying where it is wrong, without repeating what it says
     */
    static <T> T read(byte[] body, Class<T> type) {
        String text = text(body);
        try {
            T value = MAPPER.readValue(text, type);
            if (value == null) {
                throw Problem.bad("the body is null: expected a JSON object");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw Problem.bad("the body has a field that this operation does not know" + at(e) + "; it takes "
                    + new TreeSet<>(e.getKnownPropertyIds()));
        } catch (JsonMappingException e) {
            throw Problem.bad("the body is not what this operation takes" + at(e) + field(e));
        } catch (JsonProcessingException e) {
            throw Problem.bad("the body is not one JSON object" + at(e));
        }
    }

    /** As UTF-8 and nothing else: a parser that guesses the encoding reads another text than whoever looked before it. */
    private static String text(byte[] body) {
        try {
            return Utf8.text(body);
        } catch (CharacterCodingException e) {
            throw Problem.bad("the body is not UTF-8");
        }
    }

    private static String at(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /** The field that is wrong: one that the operation knows, or it would not have got so far. */
    private static String field(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : ", in its " + path;
    }
}
