import {
  create,
  deletion,
  type Sent as Request,
  refused,
  update,
  upsert,
} from '../../local/chaos/requests.ts';
import type { Planned } from './plan.ts';

/** The ids of records that are there before, by object: one for each update, one for each deletion. */
export type Targets = ReadonlyMap<string, readonly string[]>;

/** Longer than a LastName: Salesforce's error quotes the whole value. */
const tooLong = (word: string) => ({ LastName: `${word} ${'x'.repeat(100)}` });

function refusedRequest({ word, key, index }: Planned): Request {
  const request = refused(word, key);
  return index % 2 === 0
    ? request
    : { ...request, data: { ...request.data, payload: tooLong(word) } };
}

/** The request to `apicall` that an event is. */
export function requestOf(planned: Planned, targetId: string): Request {
  const { key, way, word } = planned;
  switch (way.kind) {
    case 'update':
      return update(way.object, targetId, word, key);
    case 'upsert':
      return upsert(way.object, word, key);
    case 'delete':
      return deletion(way.object, targetId, key);
    case 'refused':
      return refusedRequest(planned);
    default:
      return create(way.kind ?? 'guarded', way.object, word, key);
  }
}

/** Which record each update and deletion is about: the nth of its object for the nth of its way. */
export function assignTargets(events: readonly Planned[], targets: Targets): Map<number, string> {
  const needing = events.filter(({ way }) => way.kind === 'update' || way.kind === 'delete');
  const byObject = Map.groupBy(needing, ({ way }) => way.object);
  return new Map(
    [...byObject].flatMap(([object, of]) =>
      of.map(({ index }, nth): [number, string] => [index, targets.get(object)?.[nth] ?? '']),
    ),
  );
}
