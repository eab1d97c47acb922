package io.modelgate.rollout;

import io.modelgate.rollout.ShadowStage.Alike;
import java.util.HashMap;
import java.util.Map;

/** A policy's shadow stage as the control log holds it; as {@link PolicyData}. */
final class ShadowData {

    private ShadowData() {}

    static Map<String, Object> write(ShadowStage shadow) {
        Map<String, Object> data = new HashMap<>();
        data.put("sample", PolicyText.decimal(shadow.sample()));
        data.put("time", shadow.leastTime().toString());
        data.put("calls", shadow.leastCalls());
        data.put("agreement", PolicyText.decimal(shadow.agreement()));
        if (shadow.alike() instanceof Alike.Within within) {
            data.put("metric", within.metric());
            data.put("within", PolicyText.decimal(within.tolerance()));
        } else if (shadow.alike() instanceof Alike.By by) {
            data.put("by", by.name());
        }
        return data;
    }

    static ShadowStage read(Object data) {
        Fields fields = new Fields(data);
        ShadowStage shadow = new ShadowStage(
                fields.decimal("sample"),
                fields.duration("time"),
                fields.whole("calls"),
                fields.decimal("agreement"),
                alike(fields));
        fields.end();
        return shadow;
    }

    private static Alike alike(Fields fields) {
        if (fields.has("metric")) {
            return new Alike.Within(fields.text("metric"), fields.decimal("within"));
        }
        return fields.has("by") ? new Alike.By(fields.text("by")) : new Alike.Equal();
    }
}
