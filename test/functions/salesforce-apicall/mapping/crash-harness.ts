import { createGuard } from '../../../../functions/salesforce-apicall/idempotency/guard.ts';
import { IdempotencyTable } from '../../../../functions/salesforce-apicall/idempotency/table.ts';
import type { Mapping } from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { MappingExecution } from '../../../../functions/salesforce-apicall/mapping/execution/execution.ts';
import { createExecutionRecords } from '../../../../functions/salesforce-apicall/mapping/execution/records.ts';
import type { Row } from '../../../../functions/salesforce-apicall/mapping/execution/state.ts';
import type { FindRequest } from '../../../../functions/salesforce-apicall/mapping/ports.ts';
import { toIncoming } from '../../../../functions/salesforce-apicall/mapping/requests.ts';
import {
  type MappingPorts,
  runMappings,
} from '../../../../functions/salesforce-apicall/mapping/rounds.ts';
import type { RequestResult } from '../../../../functions/salesforce-apicall/result.ts';
import type {
  ApiResponse,
  Call,
} from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { playCollections } from '../collections-harness.ts';
import { memoryDynamo } from '../dynamodb-harness.ts';
import { processAround } from '../harness.ts';
import { busEvent, evaluate } from './execution-harness.ts';

/** The process has died: nothing more of it runs. */
class Killed extends Error {
  /** An error that is not retried (idempotency/guard.ts). */
  readonly $fault = 'client';
}

/** Dies at its nth use, before what is done there or right after it. */
function killer() {
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
function keepingOrg() {
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

const isDone = (result: RequestResult | undefined): boolean => result?.kind === 'finished';

interface Arrangement {
  readonly mapping: Mapping;
  readonly events: number;
}

/** The steps and items that a record says are finished. */
const finishedSteps = ({ items }: ReturnType<typeof memoryDynamo>): string[] =>
  [...items.values()].flatMap(({ steps }) => {
    const state: [string, { kind: string; items?: [string][] }][] = JSON.parse(steps?.S ?? '[]');
    return state.flatMap(
      ([name, { items }]) => items?.map(([key]) => `${name}/${key}`) ?? [`${name}/`],
    );
  });

/** A function that can be killed and started again, between a table and an org that live on. */
function scene({ mapping, events }: Arrangement) {
  const kill = killer();
  const dynamo = memoryDynamo();
  const org = keepingOrg();
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const asked: string[] = [];
  const sent: string[] = [];
  const { client } = dynamo;
  const send = client.send.bind(client);
  const killable: typeof client = Object.assign(Object.create(client), {
    send: (command: Parameters<typeof send>[0]) => kill.around(() => send(command)),
  });
  const options = { client: killable, tableName: 'table', retentionDays: 30, owner: 'process' };
  const now = (): number => clock.now;
  const table = new IdempotencyTable({ ...options, inProgressMs: 60_000, now });
  const deadline = () => ({ abortSignal: new AbortController().signal });
  const records = createExecutionRecords({ ...options, now, deadline });
  const processRequests = processAround({
    callSalesforce: (call) => kill.around(async () => org.respond(call)),
    guard: createGuard(table, () => undefined),
  });
  const find = async (finds: readonly FindRequest[]) => {
    asked.push(...finds.map(({ step }) => step.name));
    // The org changes all the time: only what was recorded stays.
    const row = (): Row => ({ Id: '003000000000001AAA', Name: `asked ${asked.length}` });
    return kill.around(async () => finds.map(() => ({ kind: 'rows' as const, rows: [row()] })));
  };
  const write: MappingPorts['write'] = async (writes, onResults) => {
    sent.push(...writes.map(({ step, item = '', eventId }) => `${eventId}/${step.name}/${item}`));
    const results = await processRequests(writes.map(toIncoming), () => 50_000);
    await onResults(
      writes.flatMap((one, index) => (results[index] ? [[one, results[index]]] : [])),
    );
  };
  /** One delivery of all events. */
  const deliver = async (isRedelivered: boolean) => {
    const executions = Array.from(
      { length: events },
      (_, index) =>
        new MappingExecution({ mapping, event: busEvent(`event-${index}`), isRedelivered }),
    );
    const hasTime = (): boolean => !kill.isDead();
    const onEnded = async (): Promise<void> => undefined;
    await runMappings(executions, { evaluate, find, write, records, hasTime, onEnded });
    return executions.map(({ result }) => result);
  };
  return { asked, clock, deliver, dynamo, kill, org, sent };
}

/** Delivers, and kills at every step of `kills`, until all is done. */
export async function runWithKills(arrangement: Arrangement, kills: readonly number[]) {
  const { asked, clock, deliver, dynamo, kill, org, sent } = scene(arrangement);
  let results: (RequestResult | undefined)[] = [];
  const repeated: string[] = [];
  const attempts = [...kills, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [index, steps] of attempts.entries()) {
    kill.arm(steps);
    const known = arrangement.events === 1 ? new Set(finishedSteps(dynamo)) : new Set<string>();
    const from = sent.length;
    results = await deliver(index > 0).catch(() => []);
    repeated.push(...sent.slice(from).filter((one) => known.has(one.replace(/^event-\d+\//, ''))));
    // Longer than a record in progress lasts.
    clock.now += 120_000;
    if (!kill.isDead() && results.every(isDone)) break;
  }
  return { results, org, repeated, asked };
}
