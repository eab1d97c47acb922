package io.modelgate;

import org.jspecify.annotations.Nullable;

/**
 * What is declared of a version beside its implementation. For use by one thread while a gate is built.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class VersionBuilder<I, O> {

    private final String id;
    private final @Nullable Model<I, O> model;
    private final @Nullable CallAwareModel<I, O> callAware;
    private final @Nullable AsyncModel<I, O> async;
    private String backend = "";
    private String digest = "";
    private String price = "";

    private VersionBuilder(
            String id,
            @Nullable Model<I, O> model,
            @Nullable CallAwareModel<I, O> callAware,
            @Nullable AsyncModel<I, O> async) {
        this.id = Names.name("version", id);
        this.model = model;
        this.callAware = callAware;
        this.async = async;
    }

    static <I, O> VersionBuilder<I, O> of(String id, Model<I, O> model) {
        return new VersionBuilder<>(id, model, null, null);
    }

    static <I, O> VersionBuilder<I, O> callAware(String id, CallAwareModel<I, O> model) {
        return new VersionBuilder<>(id, null, model, null);
    }

    static <I, O> VersionBuilder<I, O> async(String id, AsyncModel<I, O> model) {
        return new VersionBuilder<>(id, null, null, model);
    }

    /**
     * Names the backend that this version runs on. After an error, a timeout or with an open breaker, a rung on the same backend
     * is skipped. Default: none that any other version shares.
     *
     * @throws IllegalArgumentException if the name is not 1 to 100 letters, digits, '.', '_' or '-'
     */
    public VersionBuilder<I, O> backend(String name) {
        backend = Names.name("backend", name);
        return this;
    }

    /**
     * Gives the digest of the version's artefact, for instance its SHA-256. The same version with another digest is refused, in
     * every process that shares the control log.
     *
     * @throws IllegalArgumentException if the digest is empty, longer than 200 characters or holds a control character
     */
    public VersionBuilder<I, O> digest(String digest) {
        this.digest = Names.text("digest", digest, 1, 200);
        return this;
    }

    /**
     * Names the price of this version in the {@linkplain io.modelgate.budget.Prices prices}, for budgets in money. Default: the gate's
     * name, a slash and the version's id.
     *
     * @throws IllegalArgumentException if the name is empty, longer than 200 characters or holds a control character
     */
    public VersionBuilder<I, O> price(String name) {
        price = Names.text("price", name, 1, 200);
        return this;
    }

    String price() {
        return price;
    }

    String id() {
        return id;
    }

    @Nullable
    Model<I, O> model() {
        return model;
    }

    @Nullable
    CallAwareModel<I, O> callAware() {
        return callAware;
    }

    @Nullable
    AsyncModel<I, O> async() {
        return async;
    }

    String backend() {
        return backend;
    }

    String digest() {
        return digest;
    }
}
