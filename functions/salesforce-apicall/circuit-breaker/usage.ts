import type { ApiCallRequest } from '../request/schema.ts';

/** `api-usage=18/5000`: calls of the last 24 hours and their limit ("Limit Info Header"). */
const LIMIT_INFO = /api-usage=(\d+)\/(\d+)/;

/** How much of the org's daily API calls is used, as far as this process has been told. */
export function createUsage() {
  let percent: number | undefined;
  return {
    /** Takes the headers of any answer. */
    note: (headers: Readonly<Record<string, string>>): void => {
      const [, used, limit] = LIMIT_INFO.exec(headers['sforce-limit-info'] ?? '') ?? [];
      if (used !== undefined && Number(limit) > 0) percent = (Number(used) / Number(limit)) * 100;
    },
    percent: (): number | undefined => percent,
  };
}

export type Usage = ReturnType<typeof createUsage>;

/** How long a request of low priority waits for others to use less. */
const WAIT_SECONDS = 900;

/** Holds back requests of low priority while more than `threshold` percent of the daily API calls are used. */
export const holdBackAbove =
  (threshold: number, usage: Usage) =>
  ({ priority }: ApiCallRequest): number | undefined =>
    priority === 'low' && (usage.percent() ?? 0) >= threshold ? WAIT_SECONDS : undefined;
