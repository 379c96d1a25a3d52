import type { ApiCallRequest } from '../request/schema.ts';
import type { Answer, Call } from '../salesforce/call.ts';

/** A request that is to be made; whoever plans may know more of it. */
export interface Planned {
  readonly request: ApiCallRequest;
}

/** One API call and the requests that it makes. */
export interface ApiCall<Item extends Planned> {
  readonly items: readonly Item[];
  readonly call: Call;
  /** Whether the request has failed in a call before and is made once more, now alone. */
  readonly isRepeat?: true;
  /**
   * The answer that each request would have had on its own, in order; `undefined` when the call failed as a whole, so
   * that nothing is said of any of them.
   */
  readonly toAnswers: (answer: Answer) => Answer[] | undefined;
}

export interface PlanOptions {
  /** `v68.0`. */
  readonly apiVersion: string;
  /** Records in one collection call, at most 200; fewer for objects whose automation has failed on more. */
  readonly maxRecordsOf: (type: string) => number;
}
