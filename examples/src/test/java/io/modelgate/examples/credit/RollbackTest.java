package io.modelgate.examples.credit;

import static io.modelgate.testkit.RollbackAssert.assertRollbackRestores;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import org.junit.jupiter.api.Test;

/** What a service rehearses in its own CI, before it needs it. */
class RollbackTest {

    private static final CreditData DATA = CreditData.split(Story.SEED);
    private static final Models MODELS = Models.train(DATA);

    @Test
    void v1IsBackWhenTheMachineOfV2Fails() {
        Backend a = new Backend("gpu-a");
        Backend b = new Backend("gpu-b");
        try (Gates gates = Gates.open(g -> {})) {
            ModelGate<Applicant, Decision> credit = CreditGate.open(gates, MODELS, a, b);

            assertRollbackRestores(
                    credit,
                    "v2",
                    b::fail,
                    DATA.heldOut().get(0).applicant(),
                    DATA.heldOut().get(1).applicant());
        }
    }
}
