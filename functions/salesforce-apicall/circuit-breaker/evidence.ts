import { failurePolicies, policyOf } from '#common/failure-policy.ts';
import type { BreakerScope, CircuitBreakerPolicy } from '#common/failure-policy-type.ts';
import type { Failure } from '../outcome/failure-class.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import { isApexRest } from '../request/url.ts';

/** What a failure says about other calls. */
export interface Evidence {
  readonly policy: CircuitBreakerPolicy;
  readonly scope: BreakerScope;
  /** Whether the other calls would certainly fail. Otherwise the failure may be one of this call alone. */
  readonly isProof: boolean;
  readonly retryAfterSeconds?: number | undefined;
}

/** Failures of a call that other calls may share: no response, a gateway's or server's error, a rejected session. */
const isOfCall = ({ status }: Failure): boolean =>
  status === undefined || status >= 500 || [401, 420, 429].includes(status);

/** Apex chooses the statuses and bodies of its REST resources, so they say nothing about other calls. */
function scopeOf(failure: Failure, request: ApiCallRequest): BreakerScope | undefined {
  if (failure.isLogin === true) return 'all';
  const { circuitBreaker } = policyOf(failure.class);
  if (circuitBreaker === 'unaffected' || isApexRest(request.resource)) return undefined;
  return Object.hasOwn(circuitBreaker.proof, failure.errorCode)
    ? circuitBreaker.proof[failure.errorCode]
    : undefined;
}

/**
 * The evidence in a request's failure that other calls fail too; `undefined`: none.
 *
 * @param isWhole whether the failure is the response of the whole call, not of one of its records.
 */
export function evidenceOf(
  failure: Failure,
  request: ApiCallRequest,
  isWhole: boolean,
): Evidence | undefined {
  const { circuitBreaker } = policyOf(failure.class);
  const policy =
    circuitBreaker === 'unaffected' ? failurePolicies['retry-soon'].circuitBreaker : circuitBreaker;
  const { retryAfterSeconds } = failure;
  const proven = scopeOf(failure, request);
  if (proven !== undefined) return { policy, scope: proven, isProof: true, retryAfterSeconds };
  if (!isWhole || isApexRest(request.resource) || !isOfCall(failure)) return undefined;
  return { policy, scope: 'all', isProof: false, retryAfterSeconds };
}

const widths: Readonly<Record<BreakerScope, number>> = { creates: 1, writes: 2, all: 3 };

/** The evidence that holds back the most calls, proofs first. */
export const strongest = (evidence: readonly Evidence[]): Evidence | undefined =>
  evidence.toSorted(
    (one, other) =>
      Number(other.isProof) - Number(one.isProof) || widths[other.scope] - widths[one.scope],
  )[0];

/** Whether a breaker of a scope holds back a request. */
export function holdsBack(scope: BreakerScope, { action }: ApiCallRequest): boolean {
  if (scope === 'all') return true;
  return scope === 'creates' ? action === 'POST' : action !== 'GET' && action !== 'HEAD';
}
