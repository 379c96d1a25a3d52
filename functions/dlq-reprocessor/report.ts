import type { QueueName } from './command.ts';

/** What one dead letter came to. */
export type Result = 'redriven' | 'waiting' | 'parked' | 'failed';

export interface QueueReport {
  received: number;
  waitsInARow: number;
  readonly results: Record<Result, number>;
  /** Counts by decision or park reason. */
  readonly byReason: Record<string, number>;
}

/** What an invocation did; the function's answer. */
export interface Report {
  readonly action: string;
  readonly queues: Partial<Record<QueueName, QueueReport>>;
  readonly durationMs: number;
}

export const emptyQueueReport = (): QueueReport => ({
  received: 0,
  waitsInARow: 0,
  results: { redriven: 0, waiting: 0, parked: 0, failed: 0 },
  byReason: {},
});

export function tally(report: QueueReport, result: Result, reason: string): void {
  report.received += 1;
  report.waitsInARow = result === 'waiting' ? report.waitsInARow + 1 : 0;
  report.results[result] += 1;
  report.byReason[reason] = (report.byReason[reason] ?? 0) + 1;
}
