import type { LogMessage } from '../../../functions/common/log-lines.ts';
import { inOrder, type LogLine } from '../logs.ts';
import type { Hop } from '../trace.ts';
import { deadLettered, deferred, failed, notMapped, succeeded } from './call.ts';
import { notDispatched, processed } from './dead-letter.ts';
import { failure, type Told } from './told.ts';
import { accepted, ignored, rejected } from './webhook.ts';

/** What each line tells about its event; the other lines of docs/observability.md tell about batches, queues and settings. */
const tellers: Readonly<Partial<Record<LogMessage, (line: LogLine) => Told[]>>> = {
  'webhook accepted': accepted,
  'webhook event accepted': accepted,
  'webhook ignored': ignored,
  'webhook rejected': rejected('rejected'),
  'webhook not published': rejected(
    'answered with 500: neither the bus nor SpillQueue accepted it',
  ),
  'event enqueued': () => [{ kind: 'queued', where: 'ApiCallQueue', text: 'In ApiCallQueue' }],
  'api call succeeded': succeeded,
  'api call failed': failed,
  'api call deferred': deferred,
  'event not mapped': notMapped,
  'message dead-lettered': deadLettered,
  'message not dead-lettered': () => [
    failure('failed', 'ApiCallQueue', 'ApiCallDlq did not accept it: it stays in ApiCallQueue'),
  ],
  'reply not published': () => [
    failure(
      'replied',
      'EventBus',
      'Reply not published: neither the bus nor SpillQueue accepted it',
    ),
  ],
  'dead-letter message processed': processed,
  'dead-letter message not dispatched': notDispatched,
};

/** Not fields of docs/observability.md, or said by the hop itself. */
const standardFields: readonly string[] = ['level', 'message', 'timestamp', 'service', '_aws'];

const fieldsOf = ({ fields }: LogLine): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string | number] =>
        !standardFields.includes(entry[0]) && ['string', 'number'].includes(typeof entry[1]),
    ),
  );

const tellerOf = (line: LogLine) =>
  new Map(Object.entries(tellers)).get(String(line.fields['message']));

/** What one line tells, in order; nothing if it is not about an event. */
export const hopsOfLine = (line: LogLine): Hop[] =>
  (tellerOf(line)?.(line) ?? []).map(({ isFailure = false, ...told }) => ({
    at: line.at,
    ...told,
    isFailure,
    fields: fieldsOf(line),
  }));

/** A reply is told twice if it was not published, and a message's time in the queue by each attempt. */
function isRepeated(hop: Hop, before: readonly Hop[], all: readonly Hop[]): boolean {
  const { kind, fields, isFailure } = hop;
  const isSame = (name: string) => (one: Hop) =>
    one.kind === kind && one.fields[name] === fields[name];
  if (kind === 'queued' && fields['queuedMs'] !== undefined)
    return before.filter(isSame('queuedMs')).some(isSame('messageId'));
  if (kind !== 'replied' || isFailure) return false;
  return all.filter((one) => one.isFailure).some(isSame('replyId'));
}

/** What the lines of one event tell, in order of time, whatever order they are in. */
export function hopsOf(lines: readonly LogLine[]): Hop[] {
  const all = inOrder(lines).flatMap(hopsOfLine);
  return all.filter((hop, index) => !isRepeated(hop, all.slice(0, index), all));
}
