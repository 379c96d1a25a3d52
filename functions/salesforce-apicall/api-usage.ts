import type { ApiCallRequest } from './request/schema.ts';

/** `api-usage=18/5000`: calls of the last 24 hours and their limit ("Limit Info Header"). */
const LIMIT_INFO = /api-usage=(\d+)\/(\d+)/;

/** How long a request of low priority waits each time. */
const WAIT_SECONDS = 900;

/**
 * How much of the org's daily API calls is used, as reported by the last response that this Lambda process received. Nothing is
 * fetched: as long as the process makes no other call, a figure above the threshold stays and keeps low priority waiting.
 */
export class ApiUsage {
  readonly #thresholdPercent: number;
  #percent: number | undefined;

  /** @param thresholdPercent from this usage on, requests of low priority wait. */
  constructor(thresholdPercent: number) {
    this.#thresholdPercent = thresholdPercent;
  }

  /** Reads the headers of a Salesforce response. */
  readonly observe = (headers: Readonly<Record<string, string>>): void => {
    const [, used, limit] = LIMIT_INFO.exec(headers['sforce-limit-info'] ?? '') ?? [];
    if (used !== undefined && Number(limit) > 0) {
      this.#percent = (Number(used) / Number(limit)) * 100;
    }
  };

  /** `undefined` until a response reports it. */
  percent(): number | undefined {
    return this.#percent;
  }

  /** How many seconds a request has to wait; `undefined`: it may be made now. */
  readonly deferSeconds = ({ priority }: ApiCallRequest): number | undefined =>
    priority === 'low' && (this.#percent ?? 0) >= this.#thresholdPercent ? WAIT_SECONDS : undefined;
}
