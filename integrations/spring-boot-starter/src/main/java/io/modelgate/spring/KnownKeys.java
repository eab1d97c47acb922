package io.modelgate.spring;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The keys that there are under {@code modelgate}, as the records say. */
final class KnownKeys {

    private KnownKeys() {}

    /** The first element of a property that no key has, and the keys that may stand in its place, in words. */
    static String explain(ConfigurationPropertyName property) {
        Type type = ModelGateProperties.class;
        for (int i = 1; i < property.getNumberOfElements(); i++) {
            String element = property.getElement(i, Form.ORIGINAL);
            Type next = next(type, element, property.isNumericIndex(i));
            if (next == null) {
                return "there is no key \"" + element + "\" under " + property.chop(i) + "; expected "
                        + (keys(type).isEmpty() ? "a value there" : "one of " + keys(type));
            }
            type = next;
        }
        return "it takes no value of its own; expected one of " + keys(type) + " under it";
    }

    /** Whether there is such a key. */
    static boolean isKnown(ConfigurationPropertyName property) {
        Type type = ModelGateProperties.class;
        for (int i = 1; i < property.getNumberOfElements(); i++) {
            Type next = next(type, property.getElement(i, Form.ORIGINAL), property.isNumericIndex(i));
            if (next == null) {
                return false;
            }
            type = next;
        }
        return true;
    }

    private static @Nullable Type next(Type type, String element, boolean indexed) {
        if (type instanceof ParameterizedType generic) { // a map or a list
            Type[] arguments = generic.getActualTypeArguments();
            return generic.getRawType() == List.class && !indexed ? null : arguments[arguments.length - 1];
        }
        for (RecordComponent component : components(type)) {
            if (PropertyNames.uniform(component.getName()).equals(PropertyNames.uniform(element))) {
                return component.getGenericType();
            }
        }
        return null;
    }

    private static List<String> keys(Type type) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : components(type)) {
            keys.add(PropertyNames.kebab(component.getName()));
        }
        return keys;
    }

    private static RecordComponent[] components(Type type) {
        return type instanceof Class<?> raw && raw.isRecord() ? raw.getRecordComponents() : new RecordComponent[0];
    }
}
