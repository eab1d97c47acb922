/** The ladder: what a gate answers, rung by rung, after a refusal or a failure. */
@NullMarked
package io.modelgate.fallback;

import org.jspecify.annotations.NullMarked;
