package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** That a caller made for one call is not allocated rests on what the compiler inlines, and that on the size of two methods. */
class InliningTest {

    /** HotSpot's FreqInlineSize: a hot method of more bytecodes is not inlined. */
    private static final int LARGEST_INLINED = 325;

    @Test
    void theInvocationIsTooLargeToBeInlined() {
        assertThat(bytecodes(Invoker.class, "java.lang.Object attempt(")).isGreaterThan(LARGEST_INLINED);
    }

    @Test
    void whatSeesTheCallerIsSmallEnoughToBeInlined() {
        assertThat(bytecodes(ModelGate.class, "public O call(")).isLessThan(LARGEST_INLINED);
        assertThat(bytecodes(ModelGate.class, "private java.lang.Object serve("))
                .isLessThan(LARGEST_INLINED);
        assertThat(bytecodes(ModelGate.class, "public io.modelgate.Outcome<O> decide("))
                .isLessThan(LARGEST_INLINED);
    }

    /** The offset of the last instruction of a method, as javap prints it. */
    private static int bytecodes(Class<?> type, String method) {
        String code = javap(type);
        int start = code.indexOf(method);
        assertThat(start).as("%s in %s", method, type).isNotNegative();
        Matcher offset = Pattern.compile("^ +(\\d+): ", Pattern.MULTILINE)
                .matcher(code.substring(start, code.indexOf("\n\n", start)));
        int last = 0;
        while (offset.find()) {
            last = Integer.parseInt(offset.group(1));
        }
        return last;
    }

    private static String javap(Class<?> type) {
        try {
            Path classes = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            StringWriter out = new StringWriter();
            ToolProvider.findFirst("javap")
                    .orElseThrow()
                    .run(
                            new PrintWriter(out, true),
                            new PrintWriter(out, true),
                            "-c",
                            "-p",
                            "-cp",
                            classes.toString(),
                            type.getName());
            return out.toString();
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
