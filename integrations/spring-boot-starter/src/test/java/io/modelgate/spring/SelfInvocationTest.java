package io.modelgate.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gated;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.AopContext;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class SelfInvocationTest {

    static class Base {
        @Gated("ask")
        String ask(String question) {
            return question;
        }
    }

    static class Direct extends Base {
        String caller(String question) {
            return ask(question);
        }
    }

    static class InAnExpression extends Base {
        String caller(String question, long wide) {
            return (wide > 3 ? "" : "a") + ask(question == null ? (wide == 1 ? "b" : "c") : question.trim() + wide);
        }
    }

    static class ByLambda extends Base {
        Supplier<String> caller(String question) {
            return () -> ask(question);
        }
    }

    static class ByReference extends Base {
        List<String> caller(List<String> questions) {
            return questions.stream().map(this::ask).toList();
        }
    }

    static class ByAlias extends Base {
        String caller(String question) {
            ByAlias me = this;
            return me.ask(question);
        }
    }

    static class ByNested extends Base {
        Callable<String> caller(String question) {
            return new Callable<>() {
                @Override
                public String call() {
                    return ask(question);
                }
            };
        }
    }

    static class InALoop extends Base {
        String caller(int times) {
            String all = "";
            for (int i = 0; i < times; i++) {
                try {
                    switch (i) {
                        case 1 -> all += "x";
                        case 2 -> all += ask(all);
                        default -> throw new IllegalStateException();
                    }
                } catch (IllegalStateException e) {
                    all = e.getMessage();
                } finally {
                    all = all + i;
                }
            }
            return all;
        }
    }

    static class OfSuper extends Base {
        String caller(String question) {
            return super.ask(question);
        }
    }

    static class Recursive extends Base {
        @Override
        String ask(String question) {
            return question.isEmpty() ? question : ask(question.substring(1));
        }
    }

    interface Asked<T> {
        T answer(T question);
    }

    static class ByBridge implements Asked<String> {
        @Override
        @Gated("answer")
        public String answer(String question) {
            return question;
        }

        String caller() {
            Asked<String> me = this;
            return me.answer("");
        }
    }

    abstract static class Template {
        abstract String ask(String question);

        String caller() {
            return ask("");
        }
    }

    static class Filled extends Template {
        @Override
        @Gated("ask")
        String ask(String question) {
            return question;
        }
    }

    interface Asks {
        String answer(String question);

        default String caller(String question) {
            return answer(question);
        }
    }

    static class ByDefaultMethod implements Asks {
        @Override
        @Gated("answer")
        public String answer(String question) {
            return question;
        }
    }

    static class GenericBase<T> {
        @Gated("generic")
        T answer(T question) {
            return question;
        }
    }

    static class ByBridged extends GenericBase<String> {
        @Override
        String answer(String question) {
            return super.answer(question);
        }

        String caller() {
            return answer("");
        }
    }

    static class ByCurrentProxy extends Base {
        String caller(String question) {
            return ((ByCurrentProxy) AopContext.currentProxy()).ask(question);
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ByDefaultMethod.class,
                ByBridged.class,
                ByCurrentProxy.class,
                Direct.class,
                InAnExpression.class,
                ByLambda.class,
                ByReference.class,
                ByAlias.class,
                ByNested.class,
                InALoop.class,
                OfSuper.class,
                Recursive.class,
                ByBridge.class,
                Filled.class
            })
    void aCallWithinTheObjectIsFound(Class<?> type) {
        assertThat(SelfInvocation.find(type)).singleElement().asString().contains("is gated", "within the object");
    }

    static class ByField extends Base {
        private final ByField self;

        ByField(ByField self) {
            this.self = self;
        }

        String caller(String question) {
            return self.ask(question == null ? toString() : question);
        }
    }

    static class OfAnother extends Base {
        String caller(OfAnother other, Function<OfAnother, String> how) {
            return other.ask(how.apply(this))
                    + List.of(other).stream().map(each -> each.ask("")).toList();
        }

        Function<OfAnother, String> unbound() {
            Function<OfAnother, Base> same = each -> each;
            return each -> same.apply(each).ask("");
        }
    }

    static class Overriding extends Base {
        @Override
        String ask(String question) {
            return super.ask(question) + "!";
        }
    }

    static class SameName extends Base {
        String ask() {
            return "";
        }

        String caller() {
            return ask();
        }
    }

    static class Overwritten extends Base {
        String caller(Overwritten other) {
            Overwritten each = this;
            String text = each.toString();
            each = other;
            return each.ask(text);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {ByField.class, OfAnother.class, Overriding.class, SameName.class, Overwritten.class})
    void aCallOfAnotherObjectOrMethodIsNone(Class<?> type) {
        assertThat(SelfInvocation.find(type)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {ByLambda.class})
    void aLambdaIsNamedByTheMethodItIsIn(Class<?> type) {
        assertThat(SelfInvocation.find(type))
                .singleElement()
                .asString()
                .contains("a lambda in SelfInvocationTest.ByLambda.caller");
    }

    /** Makes a class of its own of a given one, and has other bytecode to show for it, or none. */
    private static final class Hiding extends ClassLoader {

        private final byte @Nullable [] shown;

        Hiding(byte @Nullable [] shown) {
            super(Hiding.class.getClassLoader());
            this.shown = shown;
        }

        Class<?> define(Class<?> type) throws IOException {
            String file = type.getName().replace('.', '/') + ".class";
            try (InputStream bytes =
                    requireNonNull(Hiding.class.getClassLoader().getResourceAsStream(file))) {
                byte[] all = bytes.readAllBytes();
                return defineClass(type.getName(), all, 0, all.length);
            }
        }

        @Override
        public @Nullable InputStream getResourceAsStream(String name) {
            return shown == null ? null : new ByteArrayInputStream(shown);
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aClassThatCannotBeReadIsWarnedOf(CapturedOutput output) throws IOException {
        SelfInvocation.check(new Hiding(null).define(Summing.class));
        assertThat(output).contains("Summing could not be searched", "its bytecode is not to be had");
        SelfInvocation.check(new Hiding(new byte[] {1, 2, 3}).define(Summing.class));
        assertThat(output).contains("Exception");
    }

    public static class Summing {
        @Gated("summing")
        public String ask() {
            return "";
        }
    }

    /** The JVM's verifier has found that paths meet at one depth: whoever counts otherwise has counted wrongly. */
    @Test
    void everyInstructionIsUnderstood() throws IOException {
        int[] methods = new int[1];
        try (Stream<Path> files =
                Files.walk(FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base/java/util"))) {
            for (Path file :
                    (Iterable<Path>) files.filter(each -> each.toString().endsWith(".class"))::iterator) {
                new ClassReader(Files.readAllBytes(file)).accept(following(methods), ClassReader.SKIP_DEBUG);
            }
        }
        assertThat(methods[0]).isGreaterThan(10_000);
    }

    private static ClassVisitor following(int[] methods) {
        return new ClassVisitor(SpringAsmInfo.ASM_VERSION) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String of, String[] thrown) {
                methods[0]++;
                return new SelfFlow(true, null, (owner, called, ofSuper) -> {});
            }
        };
    }
}
