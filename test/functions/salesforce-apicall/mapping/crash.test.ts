import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  CreateStep,
  Step,
  UpsertStep,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import type { RequestResult } from '../../../../functions/salesforce-apicall/result.ts';
import { runWithKills } from './crash-harness.ts';
import { constant, expression, mappingOf } from './execution-harness.ts';

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
