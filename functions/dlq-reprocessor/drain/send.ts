import { putEventsLimits, type Refusal } from '#common/batches.ts';
import type { EventBus } from '#common/bus.ts';
import type { RemainingMs } from '#common/deadline.ts';
import type { PutEventsEntry } from '#common/entry.ts';
import type { OutMessage } from '../queue/attributes.ts';
import { sendInBatches } from '../queue/batch.ts';
import type { SendMessages } from '../queue/send.ts';
import type { Route } from '../redrive/route.ts';

export interface SendDependencies {
  readonly sendToApiCallQueue: SendMessages;
  readonly putEntries: EventBus;
  readonly remainingMs: RemainingMs;
}

/** Anything with a way to go. */
interface Routed {
  readonly route?: Exclude<Route, { to: 'nowhere' }>;
  readonly refusal?: Refusal;
}

const entrySize = (entry: PutEventsEntry): number => Buffer.byteLength(JSON.stringify(entry));

const messageOf = ({ route }: Routed): OutMessage[] =>
  route?.to === 'queue' ? [route.message] : [];

const entryOf = ({ route }: Routed): PutEventsEntry[] => (route?.to === 'bus' ? [route.entry] : []);

const withRefusals = <Item extends Routed>(
  items: readonly Item[],
  refusals: readonly (Refusal | undefined)[],
): Item[] =>
  items.map((item, index) => {
    const refusal = refusals[index];
    return refusal === undefined ? item : { ...item, refusal };
  });

/**
 * Sends along routes, in batches.
 *
 * @returns a function that answers each item that has a route, with the refusal if it was not taken. It never rejects.
 */
export function createSend({ sendToApiCallQueue, putEntries, remainingMs }: SendDependencies) {
  return async <Item extends Routed>(items: readonly Item[]): Promise<Item[]> => {
    const toQueue = items.filter(({ route }) => route?.to === 'queue');
    const toBus = items.filter(({ route }) => route?.to === 'bus');
    const [sent, put] = await Promise.all([
      sendToApiCallQueue(toQueue.flatMap(messageOf), remainingMs),
      sendInBatches(toBus.flatMap(entryOf), entrySize, putEventsLimits, (batch) =>
        putEntries(batch, remainingMs),
      ),
    ]);
    return [...withRefusals(toQueue, sent), ...withRefusals(toBus, put)];
  };
}

export type Send = ReturnType<typeof createSend>;
