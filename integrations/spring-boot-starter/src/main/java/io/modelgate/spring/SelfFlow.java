package io.modelgate.spring;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ConstantDynamic;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Follows one object through the code of one method: which slots of the stack and which locals may hold it at each instruction, over all paths.
 * The object is {@code this}, or in a nested class the object around it.
 */
final class SelfFlow extends MethodVisitor {

    /** Told of each call on the object, and of each reference to a method of it. */
    interface Calls {
        /**
         * One call.
         *
         * @param called the method's name and descriptor
         * @param ofSuper whether it is {@code super.method(…)}
         */
        void call(String owner, String called, boolean ofSuper);
    }

    /** Which slots may hold the object. */
    private static final class State {
        final BitSet locals;
        final BitSet stack;
        int depth;

        State(BitSet locals, BitSet stack, int depth) {
            this.locals = (BitSet) locals.clone();
            this.stack = (BitSet) stack.clone();
            this.depth = depth;
        }

        void push(boolean self) {
            stack.set(depth++, self);
        }

        void others(int slots) {
            for (int i = 0; i < slots; i++) {
                push(false);
            }
        }

        boolean pop() {
            if (depth == 0) {
                throw new IllegalArgumentException("the stack is empty"); // bytecode that is not understood here
            }
            boolean self = stack.get(--depth);
            stack.clear(depth);
            return self;
        }

        void drop(int slots) {
            for (int i = 0; i < slots; i++) {
                pop();
            }
        }

        /** Takes over what another path brings; whether that was anything new. */
        boolean join(State other) {
            if (depth != other.depth) {
                throw new IllegalArgumentException("two paths meet at different depths"); // not understood here
            }
            int before = locals.cardinality() + stack.cardinality();
            locals.or(other.locals);
            stack.or(other.stack);
            return locals.cardinality() + stack.cardinality() > before;
        }
    }

    private record Step(Consumer<State> effect, boolean goesOn, List<Label> targets) {}

    private record Handler(Label from, Label to, Label target) {}

    private final boolean isSelf;
    private final @Nullable String outer;
    private final Calls calls;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Label, Integer> places = new HashMap<>();
    private final List<Handler> handlers = new ArrayList<>();

    /**
     * Follows it.
     *
     * @param isSelf whether the method's {@code this} is the object
     * @param outer in a nested class the descriptor of the object's class, whose {@code this$0} holds it; otherwise null
     */
    SelfFlow(boolean isSelf, @Nullable String outer, Calls calls) {
        super(SpringAsmInfo.ASM_VERSION);
        this.isSelf = isSelf;
        this.outer = outer;
        this.calls = calls;
    }

    private void step(Consumer<State> effect) {
        steps.add(new Step(effect, true, List.of()));
    }

    @Override
    public void visitInsn(int opcode) {
        boolean ends = (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) || opcode == Opcodes.ATHROW;
        if (ends) {
            steps.add(new Step(state -> {}, false, List.of()));
        } else if (opcode >= Opcodes.DUP && opcode <= Opcodes.SWAP) {
            step(state -> copy(opcode, state));
        } else {
            int change = StackEffects.of(opcode);
            step(state -> {
                state.drop(Math.max(0, -change));
                state.others(Math.max(0, change));
            });
        }
    }

    /** Copies by slots, so that what takes two of them needs no thought. */
    private static void copy(int opcode, State state) {
        boolean first = state.pop();
        if (opcode == Opcodes.DUP) {
            pushAll(state, first, first);
            return;
        }
        boolean second = state.pop();
        switch (opcode) {
            case Opcodes.SWAP -> pushAll(state, first, second);
            case Opcodes.DUP_X1 -> pushAll(state, first, second, first);
            case Opcodes.DUP2 -> pushAll(state, second, first, second, first);
            case Opcodes.DUP_X2 -> {
                boolean third = state.pop();
                pushAll(state, first, third, second, first);
            }
            case Opcodes.DUP2_X1 -> {
                boolean third = state.pop();
                pushAll(state, second, first, third, second, first);
            }
            default -> {
                boolean third = state.pop();
                boolean fourth = state.pop();
                pushAll(state, second, first, fourth, third, second, first);
            }
        }
    }

    private static void pushAll(State state, boolean... slots) {
        for (boolean slot : slots) {
            state.push(slot);
        }
    }

    @Override
    public void visitVarInsn(int opcode, int local) {
        switch (opcode) {
            case Opcodes.ALOAD -> step(state -> state.push(state.locals.get(local)));
            case Opcodes.ASTORE -> step(state -> state.locals.set(local, state.pop()));
            case Opcodes.ILOAD, Opcodes.FLOAD -> step(state -> state.push(false));
            case Opcodes.LLOAD, Opcodes.DLOAD -> step(state -> state.others(2));
            case Opcodes.ISTORE, Opcodes.FSTORE -> step(state -> overwrite(state, local, 1));
            case Opcodes.LSTORE, Opcodes.DSTORE -> step(state -> overwrite(state, local, 2));
            default -> throw new IllegalArgumentException("opcode " + opcode + " is of old bytecode");
        }
    }

    private static void overwrite(State state, int local, int slots) {
        state.drop(slots);
        state.locals.clear(local, local + slots);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        if (opcode != Opcodes.NEWARRAY) {
            step(state -> state.push(false));
        }
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        if (opcode == Opcodes.NEW) {
            step(state -> state.push(false));
        } else if (opcode != Opcodes.CHECKCAST) {
            step(state -> {
                state.pop();
                state.push(false);
            });
        }
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        int size = Type.getType(descriptor).getSize();
        step(state -> {
            switch (opcode) {
                case Opcodes.GETSTATIC -> state.others(size);
                case Opcodes.PUTSTATIC -> state.drop(size);
                case Opcodes.PUTFIELD -> state.drop(size + 1);
                default -> {
                    state.pop();
                    state.push(name.startsWith("this$") && descriptor.equals(outer));
                    state.others(size - 1);
                }
            }
        });
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean ofInterface) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        step(state -> {
            state.drop((sizes >> 2) - 1);
            if (opcode != Opcodes.INVOKESTATIC && state.pop()) {
                calls.call(owner, name + descriptor, opcode == Opcodes.INVOKESPECIAL);
            }
            if (owner.equals("org/springframework/aop/framework/AopContext") && name.equals("currentProxy")) {
                state.push(true); // the proxy behind the gate
            } else {
                state.others(sizes & 3);
            }
        });
    }

    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        int taken = (sizes >> 2) - 1;
        step(state -> {
            // What a method reference is bound to is its first argument.
            if (taken > 0 && state.stack.get(state.depth - taken)) {
                for (Object argument : arguments) {
                    if (argument instanceof Handle handle) {
                        calls.call(handle.getOwner(), handle.getName() + handle.getDesc(), false);
                    }
                }
            }
            state.drop(taken);
            state.others(sizes & 3);
        });
    }

    @Override
    public void visitLdcInsn(Object value) {
        boolean wide = value instanceof Long
                || value instanceof Double
                || (value instanceof ConstantDynamic dynamic && dynamic.getSize() == 2);
        step(state -> state.others(wide ? 2 : 1));
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        step(state -> {
            state.drop(dimensions);
            state.push(false);
        });
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        if (opcode == Opcodes.JSR) {
            throw new IllegalArgumentException("a subroutine is of old bytecode");
        }
        int taken = -StackEffects.of(opcode);
        steps.add(new Step(state -> state.drop(taken), opcode != Opcodes.GOTO, List.of(label)));
    }

    @Override
    public void visitTableSwitchInsn(int least, int most, Label otherwise, Label... labels) {
        switched(otherwise, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
        switched(otherwise, labels);
    }

    private void switched(Label otherwise, Label... labels) {
        List<Label> targets = new ArrayList<>(List.of(labels));
        targets.add(otherwise);
        steps.add(new Step(State::pop, false, targets));
    }

    @Override
    public void visitTryCatchBlock(Label from, Label to, Label target, @Nullable String type) {
        handlers.add(new Handler(from, to, target));
    }

    @Override
    public void visitLabel(Label label) {
        places.put(label, steps.size());
    }

    /** Follows all paths until none brings anything new. */
    @Override
    public void visitEnd() {
        @Nullable State[] before = new State[steps.size()];
        Deque<Integer> open = new ArrayDeque<>();
        BitSet locals = new BitSet();
        locals.set(0, isSelf);
        reach(before, open, 0, new State(locals, new BitSet(), 0));
        while (!open.isEmpty()) {
            int place = open.remove();
            State start = before[place];
            if (start == null) {
                continue;
            }
            State state = new State(start.locals, start.stack, start.depth);
            Step step = steps.get(place);
            step.effect().accept(state);
            for (Handler handler : handlers) {
                if (place(handler.from()) <= place && place < place(handler.to())) {
                    reach(before, open, place(handler.target()), new State(start.locals, new BitSet(), 1));
                }
            }
            step.targets().forEach(target -> reach(before, open, place(target), state));
            if (step.goesOn()) {
                reach(before, open, place + 1, state);
            }
        }
    }

    private int place(Label label) {
        return requireNonNull(places.get(label), "a label is nowhere");
    }

    private static void reach(@Nullable State[] before, Deque<Integer> open, int place, State state) {
        if (place >= before.length) {
            return;
        }
        State known = before[place];
        if (known == null) {
            before[place] = new State(state.locals, state.stack, state.depth);
            open.add(place);
        } else if (known.join(state)) {
            open.add(place);
        }
    }
}
