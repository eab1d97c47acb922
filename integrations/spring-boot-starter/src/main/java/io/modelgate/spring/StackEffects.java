package io.modelgate.spring;

import static org.springframework.asm.Opcodes.*;

/** By how many slots an instruction without operands, or a jump, makes the stack higher or lower: chapter 6.5 of the JVM's specification. */
final class StackEffects {

    private StackEffects() {}

    static int of(int opcode) {
        return switch (opcode) {
            case LCONST_0, LCONST_1, DCONST_0, DCONST_1 -> 2;
            case ACONST_NULL,
                    ICONST_M1,
                    ICONST_0,
                    ICONST_1,
                    ICONST_2,
                    ICONST_3,
                    ICONST_4,
                    ICONST_5,
                    FCONST_0,
                    FCONST_1,
                    FCONST_2,
                    I2L,
                    I2D,
                    F2L,
                    F2D -> 1;
            case IALOAD,
                    FALOAD,
                    AALOAD,
                    BALOAD,
                    CALOAD,
                    SALOAD,
                    POP,
                    IADD,
                    FADD,
                    ISUB,
                    FSUB,
                    IMUL,
                    FMUL,
                    IDIV,
                    FDIV,
                    IREM,
                    FREM,
                    ISHL,
                    LSHL,
                    ISHR,
                    LSHR,
                    IUSHR,
                    LUSHR,
                    IAND,
                    IOR,
                    IXOR,
                    L2I,
                    L2F,
                    D2I,
                    D2F,
                    FCMPL,
                    FCMPG,
                    IFEQ,
                    IFNE,
                    IFLT,
                    IFGE,
                    IFGT,
                    IFLE,
                    IFNULL,
                    IFNONNULL,
                    MONITORENTER,
                    MONITOREXIT -> -1;
            case POP2,
                    LADD,
                    DADD,
                    LSUB,
                    DSUB,
                    LMUL,
                    DMUL,
                    LDIV,
                    DDIV,
                    LREM,
                    DREM,
                    LAND,
                    LOR,
                    LXOR,
                    IF_ICMPEQ,
                    IF_ICMPNE,
                    IF_ICMPLT,
                    IF_ICMPGE,
                    IF_ICMPGT,
                    IF_ICMPLE,
                    IF_ACMPEQ,
                    IF_ACMPNE -> -2;
            case IASTORE, FASTORE, AASTORE, BASTORE, CASTORE, SASTORE, LCMP, DCMPL, DCMPG -> -3;
            case LASTORE, DASTORE -> -4;
            default -> 0;
        };
    }
}
