import {
  type Command,
  formatCursor,
  parseCommand,
} from '../../../functions/dlq-reprocessor/command.ts';
import { type QueueName, queueNames } from '../../../functions/dlq-reprocessor/names.ts';
import type {
  QueueReport,
  Report,
  ReportedMessage,
  Result,
} from '../../../functions/dlq-reprocessor/report.ts';

export const letter = (change: Partial<ReportedMessage> = {}): ReportedMessage => ({
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

/** As many letters, each with an id of its own. */
export const letters = (count: number, change: Partial<ReportedMessage> = {}): ReportedMessage[] =>
  Array.from({ length: count }, (_, index) =>
    letter({ messageId: `letter-${String(index).padStart(4, '0')}`, ...change }),
  );

const resultOf: Readonly<Record<ReportedMessage['decision'], Result>> = {
  redrive: 'redriven',
  park: 'parked',
  wait: 'waiting',
  refuse: 'refused',
  skip: 'skipped',
};

function toReport(
  handled: readonly ReportedMessage[],
  left: number,
  isDryRun: boolean,
): QueueReport {
  const results = { redriven: 0, parked: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 };
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
 * The reprocessor as its callers see it: letters lie in queues, a slice handles at most `limit` of them, a cursor says
 * that there are more. Commands are read by the function's own parser.
 */
export function fakeFunction(queues: Queues) {
  const lying = new Map(Object.entries(queues).map(([name, all]) => [name, [...all]]));
  const commands: Command[] = [];
  /** Where a dry run is, which leaves all letters where they are. */
  const seen = new Map<string, number>();

  function slice(name: string, { dryRun, limit = 500, cursor }: Command): QueueReport {
    const all = lying.get(name) ?? [];
    const start = cursor === undefined ? 0 : (seen.get(name) ?? 0);
    const handled = all.slice(start, start + limit);
    const stays = dryRun
      ? handled
      : handled.filter(({ decision }) => decision !== 'redrive' && decision !== 'park');
    lying.set(name, [...all.slice(0, start), ...stays, ...all.slice(start + handled.length)]);
    seen.set(name, start + stays.length);
    return toReport(handled, (lying.get(name) ?? []).length - start - stays.length, dryRun);
  }

  function answer(input: unknown): Report {
    const command = parseCommand(input);
    commands.push(command);
    const { action, dryRun, queue = 'all' } = command;
    const head = { action, dryRun, durationMs: 10 };
    const more = (reports: readonly QueueReport[]) =>
      reports.some(({ stoppedBy }) => stoppedBy === 'limit')
        ? { cursor: formatCursor({ done: [], seen: {} }) }
        : {};
    if (action === 'unpark') {
      const parked = slice('parked', command);
      return { ...head, parked, ...more([parked]) };
    }
    const names = queueNames.filter((name) => queue === 'all' || queue === name);
    const reports = names.map((name) => [name, slice(name, command)] as const);
    const parked = action === 'status' ? { parked: { PERMANENT: 3 } } : {};
    return {
      ...head,
      queues: Object.fromEntries(reports),
      ...parked,
      ...more(reports.map(([, report]) => report)),
    };
  }
  return { answer, commands, left: (name: string) => lying.get(name)?.length ?? 0 };
}
