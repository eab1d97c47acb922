/** Gates guard every call to a model: they route the caller, admit the call, and turn a refusal or a failure into an outcome. */
@NullMarked
package io.modelgate;

import org.jspecify.annotations.NullMarked;
