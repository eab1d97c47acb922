package io.modelgate.examples.credit;

import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/** A logistic regression, trained with Tribuo. Thread-safe. */
final class LogisticRegression implements Scorer {

    private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

    private static final int EPOCHS = 20;
    private static final int MINIBATCH = 32;
    private static final long SEED = 1;
    private static final String GOOD = "good";
    private static final String BAD = "bad";

    private final Model<Label> model;
    private final Encoding encoding;
    private final String[] columns;

    private LogisticRegression(Model<Label> model, Encoding encoding) {
        this.model = model;
        this.encoding = encoding;
        columns = encoding.columns();
    }

    /** Trains on these applications; the same ones give the same weights. */
    static LogisticRegression train(List<Application> training, Encoding encoding) {
        TRIBUO.setLevel(Level.WARNING); // it reports every epoch
        LabelFactory labels = new LabelFactory();
        MutableDataset<Label> data =
                new MutableDataset<>(new SimpleDataSourceProvenance("credit applications", labels), labels);
        String[] columns = encoding.columns();
        for (Application application : training) {
            data.add(new ArrayExample<>(
                    new Label(application.bad() ? BAD : GOOD), columns, encoding.encode(application.applicant())));
        }
        LinearSGDTrainer trainer =
                new LinearSGDTrainer(new LogMulticlass(), new AdaGrad(0.1), EPOCHS, -1, MINIBATCH, SEED);
        return new LogisticRegression(trainer.train(data), encoding);
    }

    @Override
    public double probabilityOfBad(Applicant applicant) {
        ArrayExample<Label> example =
                new ArrayExample<>(LabelFactory.UNKNOWN_LABEL, columns, encoding.encode(applicant));
        Label bad =
                Objects.requireNonNull(model.predict(example).getOutputScores().get(BAD));
        return bad.getScore();
    }

    /** Its artefact: the weights as text. */
    String artefact() {
        return ((LinearSGDModel) model).getWeightsCopy().toString();
    }
}
