/** How a failed message is retried from its queue. */
interface RetryPolicy {
  /** Attempts before the message is dead-lettered, never more than the template's `MaxAttempts`. */
  readonly attempts: number | 'MaxAttempts';
  /** The first delay. Each further one is twice as long, up to `capSeconds`. */
  readonly baseSeconds: number;
  readonly capSeconds: number;
}

/** Why the circuit breaker is open: a limit, maintenance or outage of the org, or a refused login. */
export type BreakerReason = 'limit' | 'login';

/** The calls that are held back: all, those that write, or those that create records. */
export type BreakerScope = 'all' | 'writes' | 'creates';

/** How failures of a class open the circuit breaker, and for how long: each opening in a row doubles the time. */
export interface CircuitBreakerPolicy {
  readonly reason: BreakerReason;
  readonly firstSeconds: number;
  readonly longestSeconds: number;
  /**
   * Error codes that prove that other calls would fail too, and which. Any other failure of a call may be that call's own:
   * it opens the breaker only if a query fails as well (circuit-breaker/evidence.ts).
   */
  readonly proof: Readonly<Record<string, BreakerScope>>;
}

export interface FailurePolicy {
  /** What went wrong (for docs/apicall.md and docs/runbook.md). */
  readonly meaning: string;
  /** What an operator does about it (for docs/runbook.md). */
  readonly operatorAction: string;
  /** Salesforce's error codes of this class. A code that no class lists is classified by its HTTP status. */
  readonly errorCodes: readonly string[];
  /**
   * `never`: not retryable, the message is dead-lettered after its first attempt. A failure that opens the circuit breaker
   * overrides this: the message waits until the breaker closes, and the attempt is not counted.
   */
  readonly retry: RetryPolicy | 'never';
  readonly circuitBreaker: CircuitBreakerPolicy | 'unaffected';
  /**
   * A request that shared its API call with others: `resend alone` if another request caused the failure. If the call failed
   * as a whole, one of its requests may be the cause: `halve` if Salesforce rejected it, `smaller` (200, 20, alone) if it
   * may have been tried. Unless the circuit breaker opens: then the cause is none of them.
   */
  readonly inSharedCall: 'final' | 'resend alone' | 'halve' | 'smaller';
  /** `keep`: the call may have taken effect, so its in-progress record stays and blocks every repeat. */
  readonly idempotencyRecord: 'release' | 'keep';
  /**
   * What the reprocessor does with the dead-letter message: redrive it, or park it. `after back-off`: apicall writes the
   * time of the next attempt as `notBefore` into the attribute `Failure`, and the reprocessor waits for it.
   */
  readonly redrive:
    | 'at once'
    | 'after back-off'
    | { readonly park: 'PERMANENT' | 'OUTCOME_UNKNOWN' | 'CLAIM_EXPIRED' | 'NO_MAPPING' };
}
