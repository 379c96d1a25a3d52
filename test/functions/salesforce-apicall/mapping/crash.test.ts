import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGuard } from '../../../../functions/salesforce-apicall/idempotency/guard.ts';
import { IdempotencyTable } from '../../../../functions/salesforce-apicall/idempotency/table.ts';
import type {
  CreateStep,
  Mapping,
  Step,
  UpsertStep,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
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
import { memoryDynamo } from '../dynamodb-harness.ts';
import { processAround } from '../harness.ts';
import { busEvent, constant, evaluate, expression, mappingOf } from './execution-harness.ts';
import { keepingOrg, killer } from './mortal.ts';

const isDone = (result: RequestResult | undefined): boolean => result?.kind === 'finished';

interface Arrangement {
  readonly mapping: Mapping;
  readonly events: number;
}

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
  /** The steps and items that a record says are finished. */
  const recorded = () =>
    [...dynamo.items.values()].flatMap(({ steps }) => {
      const state: [string, { kind: string; items?: [string][] }][] = JSON.parse(steps?.S ?? '[]');
      return state.flatMap(
        ([name, { items }]) => items?.map(([key]) => `${name}/${key}`) ?? [`${name}/`],
      );
    });
  return { asked, clock, deliver, kill, org, recorded, sent };
}

/** Delivers, and kills at every step of `kills`, until all is done. */
async function runWithKills(arrangement: Arrangement, kills: readonly number[]) {
  const { clock, deliver, kill, org, recorded, sent, asked } = scene(arrangement);
  let results: (RequestResult | undefined)[] = [];
  const repeated: string[] = [];
  const attempts = [...kills, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [index, steps] of attempts.entries()) {
    kill.arm(steps);
    const known = arrangement.events === 1 ? new Set(recorded()) : new Set<string>();
    const from = sent.length;
    results = await deliver(index > 0).catch(() => []);
    repeated.push(...sent.slice(from).filter((one) => known.has(one.replace(/^event-\d+\//, ''))));
    // Longer than a record in progress lasts.
    clock.now += 120_000;
    if (!kill.isDead() && results.every(isDone)) break;
  }
  return { results, org, repeated, asked };
}

const find: Step = {
  verb: 'find',
  name: 'contact',
  as: 'contact',
  object: 'Contact',
  where: [{ Email: constant('a@example.com') }],
  select: ['Name'],
  many: 'first',
  none: 'continue',
};

const nameOf = (step: string) =>
  expression(({ event, variables }) => {
    const { item = '' } = variables;
    return `${event.id} ${step} ${item} ${Object(variables['contact']).Name}`;
  });

const create = (name: string, others: Partial<CreateStep> = {}): CreateStep => ({
  verb: 'create',
  name,
  object: 'Task',
  nulls: 'clear',
  fields: { Name: nameOf(name) },
  ...others,
});

const upsert = (name: string): UpsertStep => ({
  verb: 'upsert',
  name,
  object: 'Account',
  nulls: 'clear',
  target: { by: { field: 'Key__c', value: expression(({ event }) => `${event.id}-${name}`) } },
  fields: { Name: nameOf(name) },
});

const each = expression(() => ['a', 'b', 'c']);

/** A result is a success, or names the create whose outcome is unknown, and the record that a person resolves it by. */
function requireKnownOrNamed(result: RequestResult | undefined): void {
  if (result?.kind !== 'finished') throw new Error(`an event is ${result?.kind}`);
  if (result.outcome.kind === 'success') return;
  expect(result.outcome).toMatchObject({
    class: 'outcome-unknown',
    mapping: { mapping: 'example', step: expect.stringMatching(/first|lines/) },
  });
  expect(result.effect).toBeDefined();
}

/** Creates that Salesforce itself makes once: whatever dies, nobody has to look. */
const strong = mappingOf([
  find,
  create('first', { once: 'Event_Id__c' }),
  upsert('account'),
  create('lines', { once: 'Event_Id__c', each }),
]);

/** Creates that only their idempotency records protect. */
const weak = mappingOf([find, create('first'), upsert('account'), create('lines', { each })]);

const creates = (effects: readonly string[]): string[] =>
  effects.filter((one) => one.startsWith('POST')).toSorted();

const kills = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 });

/** Enough to kill at every kind of step; `at each single step` kills at every one. */
const RUNS = { numRuns: 25 };

describe('an execution that dies at any step', () => {
  it('takes effect once and completely, with event id fields', async () => {
    await fc.assert(
      fc.asyncProperty(kills, fc.integer({ min: 1, max: 5 }), async (steps, events) => {
        const { results, org } = await runWithKills({ mapping: strong, events }, steps);
        const outcomes = results.map(
          (result) => result?.kind === 'finished' && result.outcome.kind,
        );
        expect(outcomes).toEqual(Array(events).fill('success'));
        expect(creates(org.effects)).toHaveLength(4 * events);
        // What the find gave is the same in all steps, whatever the org says meanwhile.
        for (let index = 0; index < events; index += 1) {
          const own = org.effects.filter((one) => one.includes(`event-${index} `));
          expect(new Set(own.map((one) => one.replace(/.* asked/, ''))).size).toBe(1);
        }
      }),
      RUNS,
    );
  });

  it('never creates twice without one, and says whose outcome is unknown', async () => {
    await fc.assert(
      fc.asyncProperty(kills, fc.integer({ min: 1, max: 5 }), async (steps, events) => {
        const { results, org } = await runWithKills({ mapping: weak, events }, steps);
        const made = creates(org.effects);
        expect(new Set(made.map((one) => one.replace(/ asked.*/, ''))).size).toBe(made.length);
        for (const result of results) requireKnownOrNamed(result);
        if (
          results.every(
            (result) => result?.kind === 'finished' && result.outcome.kind === 'success',
          )
        )
          expect(made).toHaveLength(4 * events);
      }),
      RUNS,
    );
  });

  it('repeats no step or item that its record says is finished', async () => {
    await fc.assert(
      fc.asyncProperty(kills, fc.constantFrom(strong, weak), async (steps, mapping) => {
        const { repeated } = await runWithKills({ mapping, events: 1 }, steps);
        expect(repeated).toEqual([]);
      }),
      RUNS,
    );
  });

  it('at each single step', async () => {
    for (let steps = 0; steps <= 48; steps += 1) {
      const { results, org, repeated } = await runWithKills({ mapping: strong, events: 2 }, [
        steps,
      ]);
      expect(results.every((result) => result?.kind === 'finished')).toBe(true);
      expect(creates(org.effects), `killed after ${steps}`).toHaveLength(8);
      expect(repeated).toEqual([]);
    }
  });
});
