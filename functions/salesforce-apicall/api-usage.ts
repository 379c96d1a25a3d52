import type { ApiCallRequest } from './request/schema.ts';

/** `api-usage=18/5000`: calls of the last 24 hours and their limit ("Limit Info Header"). */
const LIMIT_INFO = /api-usage=(\d{1,15})\/(\d{1,15})/;

/** How long a request of low priority waits each time. */
const WAIT_SECONDS = 900;

/**
 * How long a figure counts: as long as a request waits for it, so that each is held back once for one figure. Nothing is fetched:
 * without other calls, no response would ever bring a lower one.
 */
const MAX_AGE_MS = WAIT_SECONDS * 1_000;

/** How much of the org's daily API calls is used, as reported by the last response that this Lambda process received. */
export class ApiUsage {
  readonly #thresholdPercent: number;
  readonly #now: () => number;
  #last: { readonly percent: number; readonly at: number } | undefined;

  /**
   * @param thresholdPercent from this usage on, requests of low priority wait.
   * @param now milliseconds since 1970.
   */
  constructor(thresholdPercent: number, now: () => number) {
    this.#thresholdPercent = thresholdPercent;
    this.#now = now;
  }

  /** Reads the headers of a Salesforce response. */
  readonly observe = (headers: Readonly<Record<string, string>>): void => {
    const [, used, limit] = LIMIT_INFO.exec(headers['sforce-limit-info'] ?? '') ?? [];
    if (used !== undefined && Number(limit) > 0) {
      this.#last = { percent: (Number(used) / Number(limit)) * 100, at: this.#now() };
    }
  };

  /** `undefined` unless a response has reported it within the last 15 minutes. */
  percent(): number | undefined {
    const last = this.#last;
    return last !== undefined && this.#now() - last.at < MAX_AGE_MS ? last.percent : undefined;
  }

  /** How many seconds a request has to wait; `undefined`: it may be made now. */
  readonly deferSeconds = ({ priority }: ApiCallRequest): number | undefined =>
    priority === 'low' && (this.percent() ?? 0) >= this.#thresholdPercent
      ? WAIT_SECONDS
      : undefined;
}
