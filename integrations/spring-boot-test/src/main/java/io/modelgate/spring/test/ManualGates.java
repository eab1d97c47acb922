package io.modelgate.spring.test;

import io.modelgate.Faults;
import io.modelgate.Gates;
import io.modelgate.budget.MemoryFleet;
import io.modelgate.control.ControlLog;
import io.modelgate.spring.GatesCustomizer;
import io.modelgate.testkit.ManualTime;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/** Puts manual time and the log in memory into an application before it starts. All are equal, so that tests share applications. */
record ManualGates() implements ContextCustomizer {

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration merged) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        ManualTime time = new ManualTime();
        Faults faults = new Faults();
        ObjectProvider<Gates> gates = beans.getBeanProvider(Gates.class);
        ObjectProvider<ControlLog> log = beans.getBeanProvider(ControlLog.class);
        // The last of all customizers, as a registered object comes after those that are defined, so that none takes
        // these away.
        GatesCustomizer last = builder -> {
            builder.controlLog(log::getObject)
                    .ticker(time)
                    .instants(time)
                    .scheduler(time)
                    .eventExecutor(Runnable::run)
                    .faults(faults);
            if (DroppedSettings.dropFleet(context.getEnvironment())) {
                builder.budgets(budgets -> budgets.fleet(new MemoryFleet(time::read).process()));
            }
        };
        beans.registerSingleton("modelGateTestCustomizer", last);
        beans.registerSingleton("modelGateTestSettings", new DroppedSettings());
        beans.registerSingleton("gatesUnderTest", new GatesUnderTest(gates::getObject, time, faults));
        context.addBeanFactoryPostProcessor(new LogsInMemory());
    }
}
