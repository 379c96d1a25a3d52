import { describe, expect, it } from 'vitest';
import { notesOf } from '../../../cli/dlq/print/messages.ts';
import { formatRun } from '../../../cli/dlq/print/run.ts';
import { addReport, emptyRun, runToJson } from '../../../cli/dlq/run-report.ts';
import { suggestFor } from '../../../cli/dlq/suggest.ts';
import type { QueueReport, Report } from '../../../functions/dlq-reprocessor/report.ts';
import { message } from './fake-function.ts';

const results = {
  redriven: 1,
  parked: 0,
  dropped: 0,
  waiting: 0,
  skipped: 0,
  refused: 0,
  failed: 0,
};
const queueReport = (change: object = {}): QueueReport => ({
  received: 1,
  results,
  byReason: { 'another try may help': 1 },
  left: { visible: 7, hidden: 0, delayed: 0 },
  stoppedBy: 'limit',
  ...change,
});
const report = (apicall: QueueReport, change: object = {}): Report => ({
  action: 'redrive',
  dryRun: false,
  queues: { apicall },
  durationMs: 10,
  cursor: 'c',
  ...change,
});
const command = { action: 'redrive' as const, filter: {} };
const addAll = (...reports: readonly Report[]) => reports.reduce(addReport, emptyRun(command, 5));

describe('the report of a command', () => {
  it('adds up counts, and keeps the oldest date and what is left at the end', () => {
    const run = addAll(
      report(queueReport({ oldestAt: '2026-11-25T09:00:00.000Z', letters: [message()] })),
      report(
        queueReport({
          oldestAt: '2026-11-25T08:00:00.000Z',
          letters: [message()],
          byReason: { PERMANENT: 2 },
          left: { visible: 6, hidden: 0, delayed: 0 },
          stoppedBy: 'empty',
        }),
        { cursor: undefined },
      ),
    );
    expect(run).toMatchObject({ invocations: 2, durationMs: 20, paged: true, max: 5 });
    expect(run.queues['apicall']).toMatchObject({
      received: 2,
      results: { ...results, redriven: 2 },
      byReason: { 'another try may help': 1, PERMANENT: 2 },
      left: { visible: 6 },
      stoppedBy: 'empty',
      oldestAt: '2026-11-25T08:00:00.000Z',
    });
    expect(run.queues['apicall']?.letters).toHaveLength(2);
  });

  it('takes the report of unpark for a queue, and counts of parked messages for none', () => {
    const unparked = { queues: undefined, parked: queueReport() };
    expect(Object.keys(addAll(report(queueReport(), unparked)).queues)).toEqual(['parked']);
    const counted = report(queueReport(), { parked: { PERMANENT: 3 } });
    expect(Object.keys(addAll(counted).queues)).toEqual(['apicall']);
  });

  it('carries fields that only the schema knows, as JSON and as text', () => {
    const run = addAll(
      report(queueReport({ retried: 2, note: 'first' }), { bytes: 100 }),
      report(queueReport({ retried: 3, note: 'second' }), { bytes: 50 }),
    );
    const { result: document } = JSON.parse(runToJson(run));
    expect(document).toMatchObject({ bytes: 150 });
    expect(document.queues.apicall).toMatchObject({ retried: 5, note: 'second' });
    expect(formatRun(run, suggestFor({ stackName: 'salesforce-eventbridge' }))).toMatch(
      /retried: 5\n +note: second/,
    );
    const extended = { ...message(), traceId: '1-5f', shards: [1, 2] };
    expect(notesOf(extended)).toEqual(['traceId: 1-5f', 'shards: [1,2]']);
  });
});
