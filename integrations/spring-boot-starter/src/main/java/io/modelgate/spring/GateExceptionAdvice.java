package io.modelgate.spring;

import io.modelgate.Cause;
import io.modelgate.GateException;
import io.modelgate.Outcome;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers a request whose call ended in hard failure with a problem of RFC 9457, in Spring MVC and WebFlux alike: a title and the cause, and
 * nothing that the model or the caller said. An application that wants another answer has an advice of its own for {@link GateException},
 * which comes first. Thread-safe.
 *
 * <table>
 * <caption>What a client gets</caption>
 * <tr><th>cause</th><th>status</th></tr>
 * <tr><td>a rate limit, a budget, a rate of spending</td><td>429 with {@code Retry-After}</td></tr>
 * <tr><td>another limit of the session, which no waiting helps</td><td>429</td></tr>
 * <tr><td>every other refusal</td><td>503</td></tr>
 * <tr><td>{@code TIMEOUT}</td><td>504</td></tr>
 * <tr><td>every other failure</td><td>502</td></tr>
 * </table>
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class GateExceptionAdvice {

    /** In seconds. A gate does not say when its limit has room again; this keeps clients from asking at once. */
    private static final String SOON = "1";

    /** In seconds: budgets are of minutes and more. */
    private static final String LATER = "60";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refusedOrFailed(GateException e) {
        Outcome<?> outcome = e.outcome();
        Cause cause = outcome == null ? Cause.ERROR : outcome.cause().orElse(Cause.ERROR);
        HttpStatus status = status(cause);
        ProblemDetail problem = ProblemDetail.forStatus(status);
        problem.setTitle(title(cause));
        problem.setProperty("cause", cause.name());
        ResponseEntity.BodyBuilder response = ResponseEntity.status(status);
        String after = retryAfter(cause);
        if (after != null) {
            response.header(HttpHeaders.RETRY_AFTER, after);
        }
        return response.body(problem);
    }

    private static HttpStatus status(Cause cause) {
        return switch (cause) {
            case RATE_LIMITED, OVER_BUDGET, TOO_MANY_CALLS, REPEATED_INPUT, SPENDING_TOO_FAST, SESSION_KILLED ->
                HttpStatus.TOO_MANY_REQUESTS;
            case TIMEOUT -> HttpStatus.GATEWAY_TIMEOUT;
            default -> cause.refusal() ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_GATEWAY;
        };
    }

    private static @Nullable String retryAfter(Cause cause) {
        return switch (cause) {
            case RATE_LIMITED -> SOON;
            case OVER_BUDGET, SPENDING_TOO_FAST -> LATER;
            default -> null;
        };
    }

    private static String title(Cause cause) {
        return switch (cause) {
            case KILLED -> "The model is switched off";
            case BREAKER_OPEN, UNAVAILABLE -> "The model is not available";
            case FULL -> "The model is busy";
            case NO_TIME_LEFT -> "No time was left to ask the model";
            case INPUT_BLOCKED -> "The input may not go to the model";
            case RATE_LIMITED -> "Too many requests";
            case OVER_BUDGET -> "The budget is used up";
            case TOO_MANY_CALLS, REPEATED_INPUT, SPENDING_TOO_FAST -> "The session reached a limit";
            case SESSION_KILLED -> "The session was ended by a limit";
            case TIMEOUT -> "The model did not answer in time";
            case ERROR, INVALID_OUTPUT, LOW_CONFIDENCE, CUT -> "The model gave no usable answer";
        };
    }
}
