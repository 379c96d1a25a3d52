import type {
  ApiResponse,
  Call,
} from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { playCollections } from '../collections-harness.ts';

/** The process has died: nothing more of it runs. */
class Killed extends Error {
  /** An error that is not retried (idempotency/guard.ts). */
  readonly $fault = 'client';
}

/** Dies at its nth use, before what is done there or right after it. */
export function killer() {
  let left = Number.POSITIVE_INFINITY;
  let isDead = false;
  const strike = (): void => {
    left -= 1;
    if (left < 0) isDead = true;
    if (isDead) throw new Killed();
  };
  return {
    arm: (steps: number): void => {
      left = steps;
      isDead = false;
    },
    isDead: () => isDead,
    around: async <Result>(run: () => Promise<Result>): Promise<Result> => {
      strike();
      const result = await run();
      strike();
      return result;
    },
  };
}

/** An org that keeps the effect of every write, whether or not its response arrives. */
export function keepingOrg() {
  const effects: string[] = [];
  const unique = new Map<string, string>();
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `00X${String(ids).padStart(15, '0')}`;
  };
  const respond = ({ method, path, body }: Call): ApiResponse => {
    if (method === 'GET') return found(decodeURIComponent(path));
    const [, target = ''] = path.split('/sobjects/');
    const fields = JSON.parse(body ?? '{}');
    const once = fields.Event_Id__c && `once/${fields.Event_Id__c}`;
    return method === 'PATCH' ? upsert(target, fields.Name) : create(target, fields.Name, once);
  };
  const made = (effect: string, id: string, status: number): ApiResponse => {
    effects.push(effect);
    return { status, headers: {}, body: { id, success: true, errors: [] } };
  };
  const upsert = (target: string, name: string): ApiResponse => {
    const known = unique.get(target);
    const id = known ?? newId();
    unique.set(target, id);
    return made(`PATCH ${target} ${name}`, id, known === undefined ? 201 : 200);
  };
  const create = (target: string, name: string, once: string | undefined): ApiResponse => {
    const known = once && unique.get(once);
    if (known) return refused('DUPLICATE_VALUE', `duplicate value found: Event_Id__c (${known})`);
    const id = newId();
    if (once) unique.set(once, id);
    return made(`POST ${target} ${name}`, id, 201);
  };
  /** The records that a query by the event id field names. */
  const found = (query: string): ApiResponse => {
    const keys = [...query.matchAll(/'([^']*)'/g)].map(([, key = '']) => key);
    const records = keys.flatMap((Event_Id__c) => {
      const Id = unique.get(`once/${Event_Id__c}`);
      return Id === undefined ? [] : [{ Id, Event_Id__c }];
    });
    return { status: 200, headers: {}, body: { records, done: true } };
  };
  const refused = (errorCode: string, message: string): ApiResponse => ({
    status: 400,
    headers: {},
    body: [{ errorCode, message }],
  });
  return { effects, respond: playCollections(respond) };
}
