import { type MetricValues, MINUTE_MS } from '../../../cli/readings/metrics.ts';

export const PROVIDERS = ['GitHub', 'Twilio'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What is counted: webhooks by their provider, and requests. */
export type Series =
  | `accepted ${Provider}`
  | `rejected ${Provider}`
  | 'succeeded'
  | 'failed'
  | 'deadLettered';

export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);

/** The default, which all views share. */
export const DEFAULT_MINUTES = 60;

/** The open minute and those before it, oldest first. */
export function lastMinutes(count = DEFAULT_MINUTES): number[] {
  const last = minuteOf(Date.now());
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

/** Counts by minute and series. Minutes are counted since 1970. */
export class Tally {
  readonly #counts = new Map<number, Map<Series, number>>();

  add(minute: number, series: Series, count: number): void {
    const counts = this.#counts.get(minute) ?? new Map<Series, number>();
    counts.set(series, (counts.get(series) ?? 0) + count);
    this.#counts.set(minute, counts);
  }

  /** Forgets a minute and all later ones. */
  remove(first: number): void {
    for (const minute of this.#counts.keys()) if (minute >= first) this.#counts.delete(minute);
  }

  /** In each of the minutes. Metrics of different services can have different minutes for the same webhook: none is below zero. */
  counts(minutes: readonly number[], ...series: readonly Series[]): number[] {
    return minutes.map((minute) => {
      const counts = series.map((one) => this.#counts.get(minute)?.get(one) ?? 0);
      return Math.max(
        0,
        counts.reduce((sum, count) => sum + count),
      );
    });
  }
}

/** What is measured, for as many minutes as were asked for. */
export interface Measures {
  readonly tally: Tally;
  /** The org's daily API calls. */
  readonly apiUsage?: { readonly percent: number; readonly at: string };
  /** Has the answers of `ageQuery`. The local engine has none. */
  readonly ages?: MetricValues['values'];
  readonly costUsd: number;
}

/** The counts of whole minutes, oldest first; each minute as the Unix time in seconds of its start. */
export function toRates({ tally, costUsd }: Measures, minutes: readonly number[]) {
  const ofAll = (kind: 'accepted' | 'rejected') =>
    tally.counts(minutes, ...PROVIDERS.map((provider): Series => `${kind} ${provider}`));
  return {
    minutes: minutes.map((minute) => minute * 60),
    accepted: ofAll('accepted'),
    rejected: ofAll('rejected'),
    succeeded: tally.counts(minutes, 'succeeded'),
    failed: tally.counts(minutes, 'failed'),
    deadLettered: tally.counts(minutes, 'deadLettered'),
    costUsd,
  };
}
