import { setTimeout as delay } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import pMap from 'p-map';
import { localClient } from '../../local/stack/aws.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import { toEntry } from './entries.ts';
import { type Attempt, createHttpSenders, type Secrets } from './http.ts';
import type { Planned } from './plan.ts';

/** What became of an event at the door. */
export interface Sent {
  readonly planned: Planned;
  /** `accepted`: the stack owns it. `told`: its sender was told why not. `refused`: never accepted, its sender owns it. */
  readonly state: 'accepted' | 'told' | 'refused';
  /** The id that the bus gave it. */
  readonly eventId?: string;
  /** The code that its sender was told. */
  readonly code?: string;
  readonly tries: number;
}

/** Senders try again as GitHub's redelivery, Twilio's connection overrides and Knative's retries do. */
const MAX_TRIES = 12;
const PAUSE_MS = 400;
const CONCURRENCY = 6;
const ENTRIES_PER_CALL = 10;

async function untilAnswered(planned: Planned, once: () => Promise<Attempt>): Promise<Sent> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const attempt: Attempt = await once().catch(() => ({ state: 'again' }));
    if (attempt.state !== 'again') return { planned, tries, ...attempt };
    await delay(PAUSE_MS);
  }
  return { planned, state: 'refused', tries: MAX_TRIES };
}

const inTens = (events: readonly Planned[]): Planned[][] =>
  Array.from({ length: Math.ceil(events.length / ENTRIES_PER_CALL) }, (_, index) =>
    events.slice(index * ENTRIES_PER_CALL, (index + 1) * ENTRIES_PER_CALL),
  );

interface Options {
  /** The secrets that providers sign with at the moment. */
  readonly secrets: () => Secrets;
  /** The record that an update or a deletion is about, by the event's number. */
  readonly targets: ReadonlyMap<number, string>;
  /** Hears every answer, for what must not be in it. */
  readonly onAnswer: (planned: Planned, text: string) => void;
}

/** Sends events by all ways in, and answers which of them the stack has accepted. */
export function createSenders(stack: Stack, options: Options) {
  const events = new EventBridgeClient(localClient(stack.endpoint));
  const http = createHttpSenders(stack, options);
  const EventBusName = stack.outputs['EventBusName'] ?? '';

  const put = async (some: readonly Planned[]): Promise<Sent[]> => {
    const Entries = some.map((planned) => ({
      EventBusName,
      ...toEntry(planned, options.targets.get(planned.index) ?? ''),
    }));
    const { Entries: taken = [] } = await events.send(new PutEventsCommand({ Entries }));
    return some.map((planned, index) => {
      const { EventId } = taken[index] ?? {};
      return EventId === undefined
        ? { planned, state: 'refused', tries: 1 }
        : { planned, state: 'accepted', eventId: EventId, tries: 1 };
    });
  };

  return async (some: readonly Planned[]): Promise<Sent[]> => {
    const isHttp = ({ way }: Planned): boolean => ['github', 'twilio', 'http'].includes(way.by);
    const [overHttp, onBus] = [
      some.filter(isHttp),
      inTens(some.filter((planned) => !isHttp(planned))),
    ];
    const [answered, taken] = await Promise.all([
      pMap(overHttp, (planned) => untilAnswered(planned, () => http(planned)), {
        concurrency: CONCURRENCY,
      }),
      pMap(onBus, put, { concurrency: 2 }),
    ]);
    return [...answered, ...taken.flat()];
  };
}
