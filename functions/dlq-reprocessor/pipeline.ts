import type { Command } from './command.ts';
import type { DeadLetterMessage, QueueName } from './dead-letter/message.ts';
import { type Evaluated, evaluateAll } from './evaluate.ts';
import { type Invocation, timeLimits } from './invocation.ts';
import { logPage } from './log.ts';
import { recordDropped } from './park/drop.ts';
import { parkAll } from './park/park.ts';
import { resolveUnknownOutcomes } from './park/unpark.ts';
import { Progress, type SeenIds } from './progress.ts';
import { redriveAll } from './redrive/redrive.ts';
import type { QueueCounts, QueueReport, StoppedBy } from './report.ts';

/** Where messages come from: a queue (queue/queue.ts) or the park bucket (park/bucket.ts). */
export interface Source {
  readonly name: QueueName | 'parked';
  /** With less time left than this, no page is received. */
  readonly pageMs: number;
  /** How long a received message stays hidden from other processes. */
  readonly hideMs: number;
  /** Receives at most `max` messages. Rejects with the error of SQS or S3. */
  readonly receive: (max: number) => Promise<Page>;
  /** Deletes messages whose redrive, parking or record is confirmed. Logs the deletions that fail; never rejects. */
  readonly remove: (messages: readonly DeadLetterMessage[]) => Promise<void>;
  /** Changes how long messages stay hidden from now on; does nothing for parked messages. Never rejects. */
  readonly hide: (hides: readonly Hide[]) => Promise<void>;
  /** The number of messages left, if it is known. Never rejects. */
  readonly count: () => Promise<QueueCounts | undefined>;
}

export interface Hide {
  readonly message: DeadLetterMessage;
  /** 0: the message can be received again at once. */
  readonly seconds: number;
}

export interface Page {
  readonly messages: readonly DeadLetterMessage[];
  /** Milliseconds since 1970, before the first of them was received. */
  readonly receivedAt: number;
  /** Whether there are no more messages after this page. */
  readonly isEnd: boolean;
  /** The position after this page, for the cursor. */
  readonly after?: string;
}

/** What an invocation did with one source. */
export interface Processed {
  readonly report: QueueReport;
  /** Whether the command is finished with this source. */
  readonly isDone: boolean;
  readonly after?: string;
}

/** Messages processed together, so that calls are made in full batches; fewer at a lower rate. */
const MAX_PAGE = 50;

/** A scheduled run leaves a queue until the next run after this many messages in a row that only wait. */
const MAX_WAITS = 100;

const DEFAULT_LIMIT = 500;

const limitOf = ({ limit, unattended }: Command): number =>
  limit ?? (unattended ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);

/**
 * Reprocesses the messages of a source page by page, while time and limit allow. A message is *moved* when it has been
 * redriven, parked or dropped. The steps, and what holds if the invocation is killed or a call fails in them:
 *
 * 1. receive: SQS hides the page for `hideMs`. If the invocation is killed now, the page is received again after that.
 * 2. evaluate: parse, filter, decide, find the route of each redrive. Only reads. A dry run ends here, and counts no
 *    metric; that of an unpark also reads what 4 would change.
 * 3. limit the rate: wait. A page that is too old by then, or left with too little time, is not moved.
 * 4. resolve (unpark only): complete or delete the idempotency record of an unknown outcome. Repeatable.
 * 5. redrive: send to the exact origin. If sending fails, the message stays in its source and the next run retries it.
 * 6. park: store in S3 and announce. As in 5; what the bus will never accept is parked here instead.
 *    drop: store the record in S3. As in 5.
 * 7. delete: only what 5 or 6 confirmed. If it fails, this process deletes the message when it is received again. If the
 *    invocation is killed before it, a new process moves the message a second time: a repeated create takes effect once,
 *    by its idempotency record; updates, upserts and deletions are repeated.
 * 8. log and metrics (log.ts): once per page. An invocation killed between 5 and here does not count the page.
 *
 * The time limits are in one table, `timeLimits` in invocation.ts. Rejects if the source cannot be read.
 */
export async function reprocess(
  source: Source,
  seenIds: SeenIds,
  invocation: Invocation,
): Promise<Processed> {
  const { command, now } = invocation;
  const progress = new Progress(seenIds, command);
  let after: string | undefined;
  let stoppedBy = reasonToStop(progress, source, invocation);
  while (stoppedBy === undefined) {
    const next = await processNext(source, progress, invocation);
    after = next.after ?? after;
    stoppedBy = next.stoppedBy ?? reasonToStop(progress, source, invocation);
  }
  const isDone = stoppedBy === 'empty' || stoppedBy === 'waits' || command.action === 'status';
  if (isDone) {
    const stillHidden = progress.leftAsIsSince(now().getTime() - source.hideMs);
    await source.hide(stillHidden.map((message) => ({ message, seconds: 0 })));
  }
  const left = await source.count();
  const report = { ...progress.report(stoppedBy), ...(left && { left }) };
  return { report, isDone, ...(after !== undefined && { after }) };
}

/** Why no further page is received; `undefined` if it is. */
function reasonToStop(
  { received, waitsInARow }: Progress,
  { pageMs }: Source,
  { command, remainingMs }: Invocation,
): StoppedBy | undefined {
  if (received >= limitOf(command)) return 'limit';
  if (remainingMs() < pageMs) return 'time';
  return command.unattended && waitsInARow >= MAX_WAITS ? 'waits' : undefined;
}

/** Receives and processes one page. */
async function processNext(source: Source, progress: Progress, invocation: Invocation) {
  const { command, ratePerSecond } = invocation;
  const messagesLeft = limitOf(command) - progress.received;
  const page = await source.receive(Math.min(messagesLeft, ratePerSecond, MAX_PAGE));
  const { receivedAt, isEnd } = page;
  const unseen = progress.unseen(page.messages);
  const processed =
    unseen.length === 0 ? [] : await processPage(source, unseen, receivedAt, invocation);
  if (processed === undefined) return { stoppedBy: 'time' as const };
  for (const one of processed) progress.add(one, receivedAt);
  const isOver = isEnd || progress.hasOnlyRepeats();
  return { stoppedBy: isOver ? ('empty' as const) : undefined, after: page.after };
}

const isToMove = ({ decision, error }: Evaluated): boolean =>
  error === undefined && ['redrive', 'park', 'drop'].includes(decision.kind);

const isOf =
  (kind: Evaluated['decision']['kind']) =>
  ({ decision }: Evaluated): boolean =>
    decision.kind === kind;

const toHide = ({ decision, message }: Evaluated, now: Date): Hide[] =>
  decision.kind === 'wait'
    ? [{ message, seconds: (decision.until.getTime() - now.getTime()) / 1000 }]
    : [];

/** Step 4. Only a parked message can have an unknown outcome to resolve: in a queue, such a message is parked. */
const resolve = async (evaluated: Evaluated[], invocation: Invocation): Promise<Evaluated[]> =>
  invocation.command.action === 'unpark'
    ? resolveUnknownOutcomes(evaluated, invocation)
    : evaluated;

/** Steps 2 to 8 for one page. @returns `undefined` if there was no time: no message has been moved. */
async function processPage(
  source: Source,
  messages: readonly DeadLetterMessage[],
  receivedAt: number,
  invocation: Invocation,
): Promise<Evaluated[] | undefined> {
  const { command, limitRate, now, remainingMs } = invocation;
  const evaluated = await evaluateAll(messages, invocation);
  if (command.dryRun) return resolve(evaluated, invocation);
  const isStaying = (one: Evaluated) => !isToMove(one);
  await limitRate(evaluated.filter(isToMove).length);
  const age = now().getTime() - receivedAt;
  if (age > timeLimits.maxPageAgeMs || remainingMs() < timeLimits.moveMs) return undefined;
  const resolved = await resolve(evaluated.filter(isToMove), invocation);
  const [moved] = await Promise.all([
    move(source, resolved.filter(isToMove), invocation),
    source.hide(evaluated.flatMap((one) => toHide(one, now()))),
  ]);
  const done = [...moved, ...resolved.filter(isStaying), ...evaluated.filter(isStaying)];
  logPage(source.name, done, invocation);
  return done;
}

/** Redrives, parks or records messages, and only then deletes them. Never rejects; no message fails because of another. */
async function move(
  source: Source,
  messages: readonly Evaluated[],
  invocation: Invocation,
): Promise<Evaluated[]> {
  const redriven = await redriveAll(messages.filter(isOf('redrive')), invocation);
  const toPark = [...messages, ...redriven].filter(isOf('park'));
  // A message from the park bucket is refused instead of parked again.
  const parked = source.name === 'parked' ? [] : await parkAll(source.name, toPark, invocation);
  const dropped = await recordDropped(source.name, messages.filter(isOf('drop')), invocation);
  const attempted = [...redriven.filter(isOf('redrive')), ...parked, ...dropped];
  const confirmed = attempted.filter(isToMove);
  await source.remove(confirmed.map(({ message }) => message));
  return attempted;
}
