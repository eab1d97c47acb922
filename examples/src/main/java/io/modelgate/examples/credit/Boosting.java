package io.modelgate.examples.credit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Trains boosted trees with XGBoost. */
final class Boosting {

    private static final int ROUNDS = 80;

    private Boosting() {}

    /**
     * What was trained.
     *
     * @param trees the model
     * @param obstacle why XGBoost could not run on this machine, so that the trees are those it made of the same applications
     *     elsewhere; empty if it ran
     */
    record Trained(BoostedTrees trees, Optional<String> obstacle) {}

    /**
     * Trains on these applications. XGBoost is native code and needs libraries that a bare machine may lack (on Linux
     * {@code libgomp.so.1} and {@code libstdc++.so.6}); the trees that come with this example then stand in.
     */
    static Trained train(List<Application> training, Encoding encoding) {
        try {
            return new Trained(new BoostedTrees(dump(booster(training, encoding)), encoding), Optional.empty());
        } catch (LinkageError e) {
            return new Trained(shipped(encoding), Optional.of(reason(e)));
        } catch (XGBoostError e) {
            throw new IllegalStateException("XGBoost could not train on these applications", e);
        }
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    static Booster booster(List<Application> training, Encoding encoding) throws XGBoostError {
        DMatrix data = matrix(training, encoding);
        float[] labels = new float[training.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = training.get(i).bad() ? 1 : 0;
        }
        data.setLabel(labels);
        Map<String, Object> settings = Map.of(
                "objective",
                "binary:logistic",
                "base_score",
                0.5,
                "eta",
                0.1,
                "max_depth",
                3,
                "min_child_weight",
                10,
                "tree_method",
                "exact",
                "nthread",
                1,
                "verbosity",
                0);
        return XGBoost.train(data, settings, ROUNDS, Map.of(), null, null);
    }

    static DMatrix matrix(List<Application> applications, Encoding encoding) throws XGBoostError {
        int columns = encoding.columns().length;
        float[] rows = new float[applications.size() * columns];
        for (int i = 0; i < applications.size(); i++) {
            double[] row = encoding.encode(applications.get(i).applicant());
            for (int column = 0; column < columns; column++) {
                rows[i * columns + column] = (float) row[column];
            }
        }
        return new DMatrix(rows, applications.size(), columns, Float.NaN);
    }

    static String dump(Booster booster) throws XGBoostError {
        return String.join("\n", booster.getModelDump((String) null, false));
    }

    /** The trees that XGBoost made of the training applications of the demo. */
    static BoostedTrees shipped(Encoding encoding) {
        try (InputStream file = Objects.requireNonNull(Boosting.class.getResourceAsStream("v2-trees.txt"))) {
            return new BoostedTrees(new String(file.readAllBytes(), StandardCharsets.UTF_8), encoding);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
