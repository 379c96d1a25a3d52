import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import type { Publish } from '#common/events/publish.ts';
import { createFate, type Fate, type FateDependencies, type Handled } from './disposition.ts';
import { RequestError } from './errors.ts';
import { arrivalOf, contextOf, inSentOrder } from './message.ts';
import { type DeadLetter, isWornOut, renew, toDeadLetter } from './outcome/dead-letter.ts';
import type { Confirmed, Delay, Queue } from './outcome/queue.ts';
import { isWanted, type Reply, type ReplyPolicy, toBusEntry } from './outcome/reply.ts';
import type { Arrival } from './request/parse.ts';
import { type HeldBack, type Perform, type Performed, refuse } from './result.ts';

export interface SettleDependencies extends FateDependencies {
  readonly queue: Queue;
  /** After so many receives the queue moves a message to the dead-letter queue by itself. */
  readonly maxReceives: number;
}

/** What became of one message: whether it stays in the queue, and the reply that its end deserves. */
export interface Settled {
  readonly messageId: string;
  readonly isDone: boolean;
  readonly reply?: Reply;
}

/** Questions about attempts that are open at the same time. */
const CONCURRENCY = 20;

/** A message is done when its successor, if it has one, is confirmed. */
function settledAs(messageId: string, fate: Fate, confirmed: Confirmed): Settled {
  if (fate.kind === 'back') return { messageId, isDone: confirmed.has(messageId) };
  const isDone = fate.kind === 'done' || confirmed.has(messageId);
  return isDone ? { messageId, isDone, reply: fate.reply } : { messageId, isDone };
}

/** Brings the messages of a batch to an end: answered, back in the queue or dead-lettered. Never rejects. */
export function createSettle(dependencies: SettleDependencies) {
  const { queue, log, count, maxReceives } = dependencies;
  const decide = createFate(dependencies);

  /** Answers which messages are replaced by a new one. */
  const sendBack = async (delays: readonly Delay[]): Promise<Confirmed> => {
    const isWorn = ({ record }: Delay): boolean => isWornOut(record, maxReceives);
    const worn = delays.filter(isWorn);
    const [renewed, delayed] = await Promise.all([
      queue.renew(worn.map(({ record, seconds }) => renew(record, seconds))),
      queue.delay(delays.filter((delay) => !isWorn(delay))),
    ]);
    // What SQS did not take comes back all the same, after the queue's own visibility timeout.
    const late = delays.length - renewed.size - delayed.size;
    if (late > 0) log.error('messages not sent back in time', { messages: late });
    return renewed;
  };

  /** Answers which messages are in the dead-letter queue now. */
  const bury = async (letters: readonly DeadLetter[]): Promise<Confirmed> => {
    const buried = await queue.deadLetter(letters.map(toDeadLetter));
    for (const { record, failure, attempts } of letters) {
      const { messageId } = record;
      if (!buried.has(messageId)) {
        log.error('message not dead-lettered', { messageId });
        continue;
      }
      const { class: name, errorCode } = failure;
      log.warn('message dead-lettered', { messageId, class: name, errorCode, attempts });
      count('ApiCallDeadLettered', { class: name });
    }
    return buried;
  };

  return async (handled: readonly Handled[]): Promise<Settled[]> => {
    const decided = await pMap(
      handled,
      async (one) => ({ record: one.record, fate: await decide(one) }),
      { concurrency: CONCURRENCY },
    );
    const delays = decided.flatMap(({ record, fate }) =>
      fate.kind === 'back' ? [{ record, seconds: fate.seconds }] : [],
    );
    const letters = decided.flatMap(({ fate }) =>
      fate.kind === 'dead-letter' ? [fate.letter] : [],
    );
    const [renewed, buried] = await Promise.all([sendBack(delays), bury(letters)]);
    const confirmed = new Set([...renewed, ...buried]);
    return decided.map(({ record, fate }) => settledAs(record.messageId, fate, confirmed));
  };
}

export interface BatchDependencies extends SettleDependencies {
  readonly perform: Perform;
  readonly publish: Publish;
  readonly replyPolicy: ReplyPolicy;
}

const isReadable = (one: Arrival | RequestError): one is Arrival => !(one instanceof RequestError);

/** Each message's result: of its call, or that it is none that can be read. */
async function performAll(
  perform: Perform,
  arrivals: readonly (Arrival | RequestError)[],
  remainingMs: () => number,
): Promise<(Performed | HeldBack | undefined)[]> {
  const readable = arrivals.filter(isReadable);
  const performed = await perform(readable, remainingMs);
  const results = new Map(readable.map((arrival, index) => [arrival, performed[index]]));
  return arrivals.map((one) => (isReadable(one) ? results.get(one) : refuse(one)));
}

/** One queue batch: each message is settled on its own, none fails another; what does not fit the time goes back. */
export function createBatchHandler(dependencies: BatchDependencies) {
  const { perform, publish, log, count, replyPolicy } = dependencies;
  const settle = createSettle(dependencies);

  const answer = async (replies: readonly Reply[], remainingMs: () => number): Promise<void> => {
    const wanted = replies.filter((reply) => isWanted(reply, replyPolicy));
    const published = await publish(wanted.map(toBusEntry), remainingMs);
    for (const [index, result] of published.entries()) {
      if (result.outcome !== 'failed') continue;
      log.error('reply not published', { replyId: wanted[index]?.id, error: result.error });
      count('PublishFailed');
    }
  };

  return async (
    unordered: readonly SQSRecord[],
    remainingMs: () => number,
  ): Promise<SQSBatchResponse> => {
    const records = inSentOrder(unordered);
    const arrivals = records.map(arrivalOf);
    const results = await performAll(perform, arrivals, remainingMs);
    const settled = await settle(
      records.map((record, index) => ({
        record,
        context: contextOf(record, arrivals[index]),
        result: results[index],
      })),
    );
    await answer(
      settled.flatMap(({ reply }) => reply ?? []),
      remainingMs,
    );
    const failures = settled.filter(({ isDone }) => !isDone);
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
