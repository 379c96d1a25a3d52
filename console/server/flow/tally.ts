import { type MetricValues, MINUTE_MS } from '../../../cli/readings/metrics.ts';
import type { FlowReading, Rates } from '../../api.ts';

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

  /** Metrics of different services can have different minutes for the same webhook: no count is below zero. */
  count(minute: number, ...series: readonly Series[]): number {
    const counts = this.#counts.get(minute);
    return Math.max(
      0,
      series.reduce((sum, one) => sum + (counts?.get(one) ?? 0), 0),
    );
  }

  /** Of all minutes since the first. */
  total(first: number, series: Series): number {
    const minutes = [...this.#counts.keys()].filter((minute) => minute >= first);
    return minutes.reduce((sum, minute) => sum + this.count(minute, series), 0);
  }
}

/** What is measured, for as many minutes as were asked for. */
export interface Measures {
  readonly tally: Tally;
  readonly apiUsage?: FlowReading['apiUsage'];
  /** Has the answers of `ageQuery`. The local engine has none. */
  readonly ages?: MetricValues['values'];
  readonly costUsd: number;
}

const all = <Kind extends 'accepted' | 'rejected'>(kind: Kind) =>
  PROVIDERS.map((provider): Series => `${kind} ${provider}`);

/** The counts of whole minutes, both included. */
export function toRates(tally: Tally, first: number, last: number, costUsd: number): Rates {
  const minutes = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const counts = (...series: readonly Series[]): number[] =>
    minutes.map((minute) => tally.count(minute, ...series));
  return {
    minutes: minutes.map((minute) => minute * 60),
    accepted: counts(...all('accepted')),
    rejected: counts(...all('rejected')),
    succeeded: counts('succeeded'),
    failed: counts('failed'),
    deadLettered: counts('deadLettered'),
    costUsd,
  };
}
