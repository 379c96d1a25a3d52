import pMap from 'p-map';
import type { RemainingMs } from '#common/deadline.ts';
import { type ErrorCode, RequestError } from './errors.ts';
import {
  type Effect,
  effectOf,
  type Guard,
  isRepeatable,
  type Patience,
  type Permit,
} from './once/guard.ts';
import { classifyError, type Failure, failure, type Outcome } from './outcome/classify.ts';
import { toWaves } from './plan/lanes.ts';
import type { Arrival } from './request/arrival.ts';
import type { ApiCallRequest } from './request/schema.ts';
import type { Made, Run } from './run.ts';
import {
  laneOf,
  outcomeOfAsked,
  type Rules,
  tryToUnderstand,
  type Understood,
} from './understand.ts';

export interface Performed {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent when the request could not be understood. */
  readonly request?: ApiCallRequest;
  /** How long the API call took that the request was made in; absent when there was none. */
  readonly durationMs?: number;
  /** What a person has to settle in the once-only table when the outcome is unknown. */
  readonly effect?: Effect;
  /** The outcome is that of every call at present: not a try, the request is to be made again after this long. */
  readonly waitSeconds?: number;
}

/** Not a try: the request may be made later, for instance when less of the API limit is used. */
export interface HeldBack {
  readonly waitSeconds: number;
}

interface PerformDependencies {
  readonly run: Run;
  readonly guard: Guard;
  readonly rules: Rules;
  /** Seconds for which a request is to wait; `undefined` - none. */
  readonly holdBack: (request: ApiCallRequest) => number | undefined;
}

/** Questions to the once-only table that are open at the same time. */
const GUARD_CONCURRENCY = 50;

/** What an arrival comes to that is no request, or one that may not be made. */
export const refuse = ({ code, message }: RequestError): Performed => ({
  code,
  outcome: failure('permanent-data', code, message),
});

const failed = (cause: Failure, request: ApiCallRequest): Performed => ({
  code: 'adapter-process',
  outcome: cause,
  request,
});

const ended = (item: Item, outcome: Outcome): Performed => ({
  code: 'adapter-process',
  request: item.asked,
  outcome,
  ...(isRepeatable(item.request) ? {} : { effect: effectOf(item.request, item.eventKey) }),
});

/** A request on its way: `permit` once the guard lets it be made, `performed` once its end is known. */
interface Item extends Understood {
  readonly index: number;
}

interface Permitted extends Item {
  readonly permit: Permit;
}

/** @param reserveMs the time that a call needs after the guard has answered. */
function createAsk(guard: Guard, reserveMs: number) {
  /** What the guard says without a call is an end, or a reason to wait for one. */
  const askGuard = async (
    item: Item,
    patience: Patience,
  ): Promise<Permitted | Performed | HeldBack> => {
    const decision = await guard(item.request, item.eventKey, patience);
    if ('outcome' in decision) return ended(item, decision.outcome);
    return 'waitSeconds' in decision ? decision : { ...item, permit: decision };
  };

  /** Without the time for a call the guard is not even asked. */
  return async (
    item: Item,
    remainingMs: RemainingMs,
  ): Promise<Permitted | Performed | HeldBack | undefined> => {
    if (remainingMs() < reserveMs) return undefined;
    try {
      return await askGuard(item, { remainingMs, reserveMs });
    } catch (error) {
      // The guard refused the key or could not ask its table: no call was made.
      if (error instanceof RequestError) return { ...refuse(error), request: item.asked };
      return failed(classifyError(error, true), item.asked);
    }
  };
}

/**
 * Makes the API calls of many arrived requests, in their order where they are about one record, each effect once.
 *
 * @returns a function that answers one result per arrival, in order; `undefined` where there was no time to begin.
 *   It never rejects.
 */
export function createPerform({ run, guard, rules, holdBack }: PerformDependencies) {
  const ask = createAsk(guard, run.neededMs);

  const close = async (
    item: Permitted,
    made: Made | undefined,
    remainingMs: RemainingMs,
  ): Promise<Performed | undefined> => {
    await item.permit.close(made?.outcome, remainingMs);
    if (made === undefined) return undefined;
    return {
      ...ended(item, outcomeOfAsked(item, made.outcome)),
      durationMs: made.durationMs,
    };
  };

  const isPermitted = (answer: Permitted | Performed | HeldBack | undefined): answer is Permitted =>
    answer !== undefined && 'permit' in answer;

  const performWave = async (items: readonly Item[], remainingMs: RemainingMs) => {
    const concurrency = GUARD_CONCURRENCY;
    const answers = await pMap(items, (item) => ask(item, remainingMs), { concurrency });
    const made = await run.make(answers.filter(isPermitted), remainingMs);
    return pMap(
      answers,
      (answer) => (isPermitted(answer) ? close(answer, made.get(answer), remainingMs) : answer),
      { concurrency },
    );
  };

  /** What is known of an arrival without a call: that it is refused or has to wait. */
  const early = (one: Understood | RequestError): Performed | HeldBack | undefined => {
    if (one instanceof RequestError) return refuse(one);
    const waitSeconds = holdBack(one.asked);
    return waitSeconds === undefined ? undefined : { waitSeconds };
  };

  return async (
    arrivals: readonly Arrival[],
    remainingMs: RemainingMs,
  ): Promise<(Performed | HeldBack | undefined)[]> => {
    const understood = arrivals.map((arrival) => tryToUnderstand(arrival, rules));
    const results = understood.map(early);
    const items = understood.flatMap((one, index): Item[] =>
      one instanceof RequestError || results[index] ? [] : [{ ...one, index }],
    );
    for (const wave of toWaves(items, laneOf)) {
      const performed = await performWave(wave, remainingMs);
      for (const [position, { index }] of wave.entries()) results[index] = performed[position];
    }
    return results;
  };
}

export type Perform = ReturnType<typeof createPerform>;
