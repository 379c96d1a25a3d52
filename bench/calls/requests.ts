import type { Request } from './clients.ts';

export const OBJECTS = ['Account', 'Contact', 'Case', 'Widget__c'];

type Ids = ReadonlyMap<string, readonly string[]>;

const COUNT = 1_000;
const VERBS = 4;
const SEEDS = (2 * COUNT) / OBJECTS.length / VERBS;

/** The field that holds the text of an object's record. */
const TEXT_FIELDS: Readonly<Record<string, string>> = { Contact: 'LastName', Case: 'Subject' };

const create = (object: string, name: string): Request => ({
  action: 'POST',
  resource: 'sobjects',
  object,
  payload: { [TEXT_FIELDS[object] ?? 'Name']: name },
});

/** Records for the updates and the deletions. */
export const seeds = (): Request[] =>
  OBJECTS.flatMap((object) =>
    Array.from({ length: SEEDS }, (_, index) => create(object, `seed ${index}`)),
  );

export const creates = (): Request[] =>
  Array.from({ length: COUNT }, (_, index) => create('Contact', `create ${index}`));

/** Of each object as many creates, updates, upserts and deletions, in turns; no two on one record. */
export const mixed = (ids: Ids): Request[] =>
  Array.from({ length: COUNT }, (_, index): Request => {
    const object = OBJECTS[index % OBJECTS.length] ?? '';
    const verb = Math.floor(index / OBJECTS.length) % VERBS;
    const turn = Math.floor(index / OBJECTS.length / VERBS);
    const base = create(object, `mixed ${index}`);
    const own = ids.get(object) ?? [];
    const makers: (() => Request)[] = [
      () => base,
      () => ({ ...base, action: 'PATCH', record: own[turn] ?? '' }),
      () => ({ ...base, action: 'PATCH', record: `Key__c/${turn}` }),
      () => ({
        action: 'DELETE',
        resource: 'sobjects',
        object,
        record: own[SEEDS - 1 - turn] ?? '',
      }),
    ];
    return makers[verb]?.() ?? base;
  });
