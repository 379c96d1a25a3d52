import { putEventsLimits } from '#common/batches.ts';
import type { EventBus } from '#common/bus.ts';
import type { RemainingMs } from '#common/deadline.ts';
import type { PutEventsEntry } from '#common/entry.ts';
import type { QueueName } from '../names.ts';
import type { Park } from '../park/park.ts';
import type { ToPark } from '../park/parked.ts';
import { isRefusedForGood } from '../permanence.ts';
import type { OutMessage } from '../queue/attributes.ts';
import { type Refusal, sendInBatches } from '../queue/batch.ts';
import type { SendMessages } from '../queue/send.ts';
import type { Planned } from './plan.ts';

export interface HandOverDependencies {
  readonly sendToApiCallQueue: SendMessages;
  readonly putEntries: EventBus;
  readonly park: Park;
  readonly remainingMs: RemainingMs;
}

const entrySize = (entry: PutEventsEntry): number => Buffer.byteLength(JSON.stringify(entry));

const messageOf = ({ route }: Planned): OutMessage[] =>
  route?.to === 'queue' ? [route.message] : [];

const entryOf = ({ route }: Planned): PutEventsEntry[] =>
  route?.to === 'bus' ? [route.entry] : [];

const withRefusal = (planned: Planned, refusal: Refusal | undefined): Planned =>
  refusal === undefined ? planned : { ...planned, refusal };

/** What the bus will never take is for a person. */
function orPark(sent: Planned): Planned {
  const { refusal, route: _route, ...judged } = sent;
  if (refusal === undefined || !isRefusedForGood(refusal.errorCode)) return sent;
  const why = `the event bus: ${refusal.errorCode}`;
  return { ...judged, verdict: { kind: 'park', reason: 'PERMANENT', why } };
}

/**
 * Sends letters to where their plans say, in batches. Answers what became of each; never rejects, and no letter
 * fails with another.
 */
export function createHandOver(dependencies: HandOverDependencies) {
  const { sendToApiCallQueue, putEntries, park, remainingMs } = dependencies;

  const sendMessages = async (planned: readonly Planned[]): Promise<Planned[]> => {
    const refusals = await sendToApiCallQueue(planned.flatMap(messageOf), remainingMs);
    return planned.map((one, index) => withRefusal(one, refusals[index]));
  };

  const sendEntries = async (planned: readonly Planned[]): Promise<Planned[]> => {
    const refusals = await sendInBatches(
      planned.flatMap(entryOf),
      entrySize,
      putEventsLimits,
      (batch) => putEntries(batch, remainingMs),
    );
    return planned.map((one, index) => orPark(withRefusal(one, refusals[index])));
  };

  const parkAll = async (queue: QueueName, planned: readonly Planned[]): Promise<Planned[]> => {
    const toPark = planned.flatMap(({ letter, envelope, verdict }): ToPark[] =>
      verdict.kind === 'park'
        ? [{ queue, letter, envelope, reason: verdict.reason, why: verdict.why }]
        : [],
    );
    const refusals = await park(toPark, remainingMs);
    return planned.map((one, index) => withRefusal(one, refusals[index]));
  };

  return async (queue: QueueName, planned: readonly Planned[]): Promise<Planned[]> => {
    const [sent, put] = await Promise.all([
      sendMessages(planned.filter(({ route }) => route?.to === 'queue')),
      sendEntries(planned.filter(({ route }) => route?.to === 'bus')),
    ]);
    const isParked = ({ verdict }: Planned): boolean => verdict.kind === 'park';
    const unparked = [...planned, ...put].filter(isParked);
    const parked = await parkAll(queue, unparked);
    return [...sent, ...put.filter((one) => !isParked(one)), ...parked];
  };
}

export type HandOver = ReturnType<typeof createHandOver>;
