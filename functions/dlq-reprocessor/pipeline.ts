import type { Command } from './command.ts';
import { countAge, countMoves } from './counters.ts';
import type { DeadLetterMessage } from './dead-letter/message.ts';
import { type Evaluated, evaluateAll } from './evaluate.ts';
import type { Invocation } from './invocation.ts';
import type { QueueName } from './names.ts';
import { parkAll } from './park/park.ts';
import { resolveUnknownOutcomes } from './park/resolve-unknown.ts';
import { Progress, type SeenIds } from './progress.ts';
import type { Deferral } from './queue/queue.ts';
import { dispatch } from './redrive/dispatch.ts';
import type { QueueCounts, QueueReport, StoppedBy } from './report.ts';

/** Where dead-letter messages come from: a queue or the park bucket. */
export interface Source {
  readonly name: QueueName | 'parked';
  /** No page is received with less time than this. */
  readonly minimumMs: number;
  /** How long a received message belongs to this invocation alone. */
  readonly holdMs: number;
  /** Receives at most `max` messages. Rejects with the error of SQS or S3. */
  readonly receive: (max: number) => Promise<Page>;
  /** Deletes messages whose redrive or parking is confirmed. Logs what could not be deleted; never rejects. */
  readonly remove: (messages: readonly DeadLetterMessage[]) => Promise<void>;
  /** Hides messages for so long; parked ones stay as they are. Never rejects. */
  readonly defer: (deferrals: readonly Deferral[]) => Promise<void>;
  /** How many messages are left, where that is known. Never rejects. */
  readonly count: () => Promise<QueueCounts | undefined>;
}

export interface Page {
  readonly messages: readonly DeadLetterMessage[];
  /** Milliseconds since 1970, before the first of them was received. */
  readonly receivedAt: number;
  /** There are no more messages after this page. */
  readonly isEnd: boolean;
  /** The position after this page, for the cursor. */
  readonly after?: string;
}

/** What an invocation did with one source. */
export interface Processed {
  readonly report: QueueReport;
  /** There are no more messages for this command. */
  readonly isDone: boolean;
  readonly after?: string;
}

/** Messages processed together, so that calls come in full batches; fewer where the rate is lower. */
const MAX_PAGE = 50;

/** A queue where so many messages in a row only wait is left until the next scheduled run. */
const MAX_WAITS = 100;

const DEFAULT_LIMIT = 500;

/** Dispatching is not started with less time than this: sending and deleting need it. */
const DISPATCH_MS = 10_000;

/**
 * Messages that were received longer ago are not dispatched: queues hide them for 120 s, and sending and deleting must
 * be over before another process receives them.
 */
const MAX_HELD_MS = 60_000;

const limitOf = ({ limit, unattended }: Command): number =>
  limit ?? (unattended ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);

const isMoving = ({ decision, error }: Evaluated): boolean =>
  error === undefined && (decision.kind === 'redrive' || decision.kind === 'park');

const isParking = ({ decision }: Evaluated): boolean => decision.kind === 'park';

const toDeferral = ({ decision, message }: Evaluated, now: Date): Deferral[] =>
  decision.kind === 'wait'
    ? [{ message, seconds: (decision.until.getTime() - now.getTime()) / 1000 }]
    : [];

/** Redrives or parks messages, and only then deletes them. Never rejects; no message fails because of another. */
async function move(
  source: Source,
  moving: readonly Evaluated[],
  invocation: Invocation,
): Promise<Evaluated[]> {
  const resolved = await resolveUnknownOutcomes(moving, invocation);
  const redriven = await dispatch(resolved.filter(isMoving), invocation);
  const parked = await parkAll(
    source.name,
    [...resolved, ...redriven].filter(isParking),
    invocation,
  );
  const stopped = resolved.filter((one) => !isMoving(one));
  const moved = [...redriven.filter((one) => !isParking(one)), ...parked, ...stopped];
  await source.remove(moved.filter(isMoving).map(({ message }) => message));
  return moved;
}

function logPage(source: Source, evaluated: readonly Evaluated[], invocation: Invocation): void {
  const { command, log } = invocation;
  for (const { message, decision, error } of evaluated) {
    const { messageId, parked } = message;
    const ids = { queue: source.name, messageId, action: command.action, key: parked?.key };
    if (error) log.error('dead-letter message not dispatched', { ...ids, ...error });
    else if (decision.kind !== 'skip') {
      const { kind: result, reason } = decision;
      log.info('dead-letter message processed', { ...ids, result, reason });
    }
  }
}

/**
 * Evaluates the messages of a page, and, unless it is a dry run, carries the decisions out.
 *
 * @returns `undefined` when there was no time: all of them stay.
 */
async function processPage(
  source: Source,
  messages: readonly DeadLetterMessage[],
  receivedAt: number,
  invocation: Invocation,
): Promise<Evaluated[] | undefined> {
  const { command, count, now, pace, remainingMs } = invocation;
  const evaluated = await evaluateAll(messages, invocation);
  if (command.dryRun) return resolveUnknownOutcomes(evaluated, invocation);
  const moving = evaluated.filter(isMoving);
  const staying = evaluated.filter((one) => !isMoving(one));
  await pace(moving.length);
  if (now().getTime() - receivedAt > MAX_HELD_MS || remainingMs() < DISPATCH_MS) return undefined;
  const [moved] = await Promise.all([
    move(source, moving, invocation),
    source.defer(staying.flatMap((one) => toDeferral(one, now()))),
  ]);
  const done = [...moved, ...staying];
  countMoves(count, done);
  logPage(source, done, invocation);
  return done;
}

/** Why no further page is received; `undefined`: it is. */
function reasonToStop(
  { counters }: Progress,
  { minimumMs }: Source,
  { command, remainingMs }: Invocation,
): StoppedBy | undefined {
  if (counters.received >= limitOf(command)) return 'limit';
  if (remainingMs() < minimumMs) return 'time';
  return command.unattended && counters.waitsInARow >= MAX_WAITS ? 'waits' : undefined;
}

/** Receives and processes one page. */
async function processNext(source: Source, progress: Progress, invocation: Invocation) {
  const { command, ratePerSecond } = invocation;
  const room = limitOf(command) - progress.counters.received;
  const page = await source.receive(Math.min(room, ratePerSecond, MAX_PAGE));
  const { receivedAt, isEnd } = page;
  const unseen = progress.unseen(page.messages);
  const processed =
    unseen.length === 0 ? [] : await processPage(source, unseen, receivedAt, invocation);
  if (processed === undefined) return { stoppedBy: 'time' as const };
  for (const one of processed) progress.add(one, receivedAt);
  const isOver = isEnd || progress.hasOnlyRepeats();
  return { stoppedBy: isOver ? ('empty' as const) : undefined, after: page.after };
}

/**
 * Processes the messages of a source, page by page: receive, parse, evaluate, redrive or park or wait, delete; as many
 * as time, rate and limit of the invocation allow. Rejects when the source cannot be read.
 */
export async function reprocess(
  source: Source,
  seenIds: SeenIds,
  invocation: Invocation,
): Promise<Processed> {
  const { command, count, now } = invocation;
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
    const held = progress.untouchedSince(now().getTime() - source.holdMs);
    await source.defer(held.map((message) => ({ message, seconds: 0 })));
  }
  if (!command.dryRun && source.name !== 'parked') {
    countAge(count, source.name, progress.counters.oldest, now());
  }
  const left = await source.count();
  const report = { ...progress.counters.report(stoppedBy, command.dryRun), ...(left && { left }) };
  return { report, isDone, ...(after !== undefined && { after }) };
}
