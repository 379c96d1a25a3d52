import {
  type Command,
  formatCursor,
  parseCommand,
} from '../../../functions/dlq-reprocessor/command.ts';
import {
  type QueueName,
  queueNames,
} from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import type {
  QueueReport,
  Report,
  ReportedMessage,
  Result,
} from '../../../functions/dlq-reprocessor/report.ts';

export const message = (change: Partial<ReportedMessage> = {}): ReportedMessage => ({
  messageId: '00000000-0000-4000-8000-000000000000',
  sentAt: '2026-11-25T08:00:00.000Z',
  kind: 'request',
  decision: 'redrive',
  reason: 'another try may help',
  why: 'another try may help',
  redrives: 0,
  attempts: 5,
  action: 'POST',
  object: 'Case',
  errorCode: 'UNABLE_TO_LOCK_ROW',
  failureClass: 'retry-soon',
  ...change,
});

/** Messages with an id each. */
export const messages = (count: number, change: Partial<ReportedMessage> = {}): ReportedMessage[] =>
  Array.from({ length: count }, (_, index) =>
    message({ messageId: `message-${String(index).padStart(4, '0')}`, ...change }),
  );

const resultOf: Readonly<Record<ReportedMessage['decision'], Result>> = {
  redrive: 'redriven',
  park: 'parked',
  drop: 'dropped',
  wait: 'waiting',
  refuse: 'refused',
  skip: 'skipped',
};

function toReport(
  handled: readonly ReportedMessage[],
  left: number,
  isDryRun: boolean,
): QueueReport {
  const results = {
    redriven: 0,
    parked: 0,
    dropped: 0,
    waiting: 0,
    skipped: 0,
    refused: 0,
    failed: 0,
  };
  const byReason: Record<string, number> = {};
  for (const { decision, reason } of handled) {
    results[resultOf[decision]] += 1;
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  return {
    received: handled.length,
    results,
    byReason,
    left: { visible: left, hidden: 0, delayed: 0 },
    stoppedBy: left > 0 ? 'limit' : 'empty',
    ...(isDryRun ? { letters: [...handled] } : {}),
  };
}

type Queues = Partial<Record<QueueName | 'parked', readonly ReportedMessage[]>>;

/**
 * The reprocessor as its callers see it: an invocation handles at most `limit` messages of its queues, and returns a
 * cursor when there are more. The function's own parser reads the commands.
 */
export function fakeFunction(queues: Queues) {
  const queued = new Map(Object.entries(queues).map(([name, all]) => [name, [...all]]));
  const commands: Command[] = [];
  /** Where the next page of a dry run starts: it leaves all messages in their queue. */
  const seen = new Map<string, number>();

  function page(name: string, { dryRun, limit = 500, cursor }: Command): QueueReport {
    const all = queued.get(name) ?? [];
    const start = cursor === undefined ? 0 : (seen.get(name) ?? 0);
    const handled = all.slice(start, start + limit);
    const stays = dryRun
      ? handled
      : handled.filter(({ decision }) => !['redrive', 'park', 'drop'].includes(decision));
    queued.set(name, [...all.slice(0, start), ...stays, ...all.slice(start + handled.length)]);
    seen.set(name, start + stays.length);
    return toReport(handled, (queued.get(name) ?? []).length - start - stays.length, dryRun);
  }

  function report(input: unknown): Report {
    const command = parseCommand(input);
    commands.push(command);
    const { action, dryRun, queue = 'all' } = command;
    const head = { action, dryRun, durationMs: 10 };
    const more = (reports: readonly QueueReport[]) =>
      reports.some(({ stoppedBy }) => stoppedBy === 'limit')
        ? { cursor: formatCursor({ done: [], seen: {} }) }
        : {};
    if (action === 'unpark' || queue === 'parked') {
      const parked = page('parked', command);
      return { ...head, parked, ...more([parked]) };
    }
    const names = queueNames.filter((name) => queue === 'all' || queue === name);
    const reports = names.map((name) => [name, page(name, command)] as const);
    const parked = action === 'status' ? { parked: { PERMANENT: 3 } } : {};
    return {
      ...head,
      queues: Object.fromEntries(reports),
      ...parked,
      ...more(reports.map(([, report]) => report)),
    };
  }
  return {
    report,
    commands,
    /** The queue and the limit of each command that was no dry run. */
    work: () => commands.filter(({ dryRun }) => !dryRun).map(({ queue, limit }) => [queue, limit]),
    left: (name: string) => queued.get(name)?.length ?? 0,
  };
}
