import { simulatedOrg } from '../../local/demo/salesforce.ts';
import { parkedObjects } from '../../local/stack/objects.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import { canariesIn, keyPattern, objects } from '../events/routes.ts';
import { type Made, madeByExecutions } from './executions.ts';

/** Why a message is parked. */
export interface Parked {
  readonly reason: string;
  readonly errorCode: string;
  /** The first message that it comes from: AWS' faults make copies of messages. */
  readonly origin: string;
}

/** Where the events of a run are in the end. */
export interface Facts {
  /** In how many Salesforce records each canary appears. */
  readonly records: ReadonlyMap<string, number>;
  /** All Salesforce records. */
  readonly recordIds: ReadonlySet<string>;
  /** The parked messages about each event, by the event's number. */
  readonly parked: ReadonlyMap<number, readonly Parked[]>;
  /** What the execution of each event has made, by the event's number. */
  readonly made: ReadonlyMap<number, Made>;
  /** The record that an update or a deletion is about, by the event's number. */
  readonly existing: ReadonlyMap<number, string>;
}

interface ParkedMessage {
  readonly reason: string;
  readonly body: string;
  readonly messageId: string;
  readonly eventId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const attribute = ({ attributes }: ParkedMessage, name: string) =>
  Object(JSON.parse(attributes?.[name] ?? '{}'));

/** The function and the reprocessor keep the id of the first message; a rule's dead letter has none, only its event. */
function originOf(message: ParkedMessage): string {
  if (message.attributes?.['RULE_ARN'] !== undefined) return message.eventId ?? '';
  const { messageId } = attribute(message, 'Redrive');
  return attribute(message, 'Failure').correlation?.messageId ?? messageId ?? message.messageId;
}

/** The parked messages of a run by the number of the event that each is about. */
export function parkedByEvent(
  messages: readonly ParkedMessage[],
  seed: number,
): Map<number, Parked[]> {
  const parked = new Map<number, Parked[]>();
  for (const message of messages) {
    const { reason, body, attributes } = message;
    const [, index] = keyPattern(seed).exec(body) ?? [];
    if (index === undefined) continue;
    const { errorCode: code = attributes?.['ERROR_CODE'] ?? '' } = attribute(message, 'Failure');
    const errorCode = String(code);
    const earlier = parked.get(Number(index)) ?? [];
    parked.set(Number(index), [...earlier, { reason, errorCode, origin: originOf(message) }]);
  }
  return parked;
}

/** Reads Salesforce and the park bucket. */
export async function readFacts(
  { endpoint, outputs, salesforce }: Stack,
  seed: number,
  existing: ReadonlyMap<number, string>,
): Promise<Facts> {
  const org = simulatedOrg(salesforce.url);
  const byObject = new Map(
    await Promise.all(objects.map(async (object) => [object, await org.records(object)] as const)),
  );
  const all = [...byObject.values()].flat();
  const records = new Map<string, number>();
  for (const record of all) {
    for (const canary of canariesIn(JSON.stringify(record))) {
      records.set(canary, (records.get(canary) ?? 0) + 1);
    }
  }
  const messages = await parkedObjects(endpoint, outputs['ParkBucketName'] ?? '');
  return {
    records,
    recordIds: new Set(all.map(({ Id }) => Id)),
    parked: parkedByEvent(messages, seed),
    made: madeByExecutions(byObject, seed),
    existing,
  };
}
