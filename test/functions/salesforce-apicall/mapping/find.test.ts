import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../../../functions/salesforce-apicall/circuit-breaker/circuit-breaker.ts';
import { RecordLimits } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';
import { Execution } from '../../../../functions/salesforce-apicall/execute.ts';
import type { FindStep } from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { Descriptions } from '../../../../functions/salesforce-apicall/mapping/find/describe.ts';
import { findRows } from '../../../../functions/salesforce-apicall/mapping/find/find.ts';
import { createLookUp } from '../../../../functions/salesforce-apicall/mapping/find/look-up.ts';
import type {
  FindResult,
  WantedValues,
} from '../../../../functions/salesforce-apicall/mapping/ports.ts';
import type { AllowLists } from '../../../../functions/salesforce-apicall/request/allow-lists.ts';
import { memoryLog } from '../../harness.ts';
import { createLocalOrg } from './local-org.ts';

const everything: AllowLists = { resources: undefined, objects: undefined, actions: undefined };

const step: FindStep = {
  verb: 'find',
  name: 'found',
  as: 'found',
  object: 'Contact',
  where: [{}],
  select: ['Id', 'LastName', 'Title'],
  many: 'all',
  none: 'continue',
  order: 'Id',
};

async function findIn(
  org: ReturnType<typeof createLocalOrg>,
  wanted: readonly (readonly WantedValues[])[],
  { allowed = everything, find = step } = {},
): Promise<FindResult[]> {
  const state = {
    read: async () => ({}),
    write: async () => undefined,
    claimProbe: async () => true,
  };
  const breaker = await CircuitBreaker.read({ state, log: memoryLog(), now: Date.now });
  const options = {
    callSalesforce: org.callSalesforce,
    recordLimits: new RecordLimits(200),
    callSizes: new WeakMap(),
    apiVersion: 'v68.0',
    callTimeoutMs: 1_000,
    onResponse: () => undefined,
  };
  const lookUp = createLookUp(new Execution(options, () => 60_000, breaker));
  const descriptions = new Descriptions(Date.now);
  const requests = wanted.map((alternatives) => ({ step: find, alternatives }));
  return findRows(requests, { lookUp, descriptions, allowed });
}

const namesIn = (result: FindResult | undefined): unknown[] => {
  if (result?.kind !== 'rows') throw new Error(`not found: ${JSON.stringify(result)}`);
  return result.rows.map(({ LastName }) => LastName);
};

/** Texts that break quoting, comparison or Composite. */
const HOSTILE = [
  "O'Neill",
  'back\\slash',
  "\\' OR Name != '",
  "') OR (Id != ''",
  '@{request0.id}',
  'a@{b',
  '%_',
  'per%cent',
  '\u2028line',
  '😀 smile',
  'STRASSE',
  'straße',
  'José',
  'Jose',
  'JOSÉ',
  'tab\there',
  'new\nline',
  '"double"',
  '{% $x %}',
  'SELECT Id FROM Account',
  'a,b',
  'x'.repeat(80),
];

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc
    .array(
      fc.constantFrom("'", '\\', '@{', '}', '%', '_', '"', 'é', 'E', 'e', ' ', '😀', '\u2028', 'ß'),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((parts) => `x${parts.join('')}x`),
);

describe('finds that share queries', () => {
  it('give each find what it would find alone, whatever the texts are', async () => {
    const org = createLocalOrg();
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(hostile, { minLength: 1, maxLength: 12 }), async (texts) => {
        const stored = texts.filter((_, index) => index % 3 !== 0);
        await org.create(
          'Contact',
          stored.map((LastName) => ({ LastName })),
        );
        const shared = await findIn(
          org,
          texts.map((text) => [{ LastName: [text] }]),
        );
        const idsOf = (result: FindResult | undefined) =>
          result?.kind === 'rows' ? result.rows.map(({ Id }) => Id) : result;
        for (const [index, text] of texts.entries()) {
          const [alone] = await findIn(org, [[{ LastName: [text] }]]);
          expect(idsOf(shared[index])).toEqual(idsOf(alone));
          const isStored = stored.includes(text) && text === text.trim();
          if (isStored) expect(namesIn(alone)).toContain(text);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('ask one query for 1,000 values', async () => {
    const org = createLocalOrg();
    const contacts = Array.from({ length: 1_000 }, (_, index) => ({ LastName: `Name ${index}` }));
    await org.create('Contact', contacts);
    const results = await findIn(
      org,
      contacts.map(({ LastName }) => [{ LastName: [LastName] }]),
    );
    expect(results.map((result) => namesIn(result))).toEqual(
      contacts.map(({ LastName }) => [LastName]),
    );
    // The description, and one query.
    expect(org.calls).toHaveLength(2);
  });

  it('find by all fields of an alternative, and by any alternative', async () => {
    const org = createLocalOrg();
    await org.create('Contact', [
      { LastName: 'A', Title: 'One', Phone: '1' },
      { LastName: 'A', Title: 'Two', MobilePhone: '2' },
      { LastName: 'B', Title: 'One', Phone: '2' },
    ]);
    const both = await findIn(org, [
      [{ LastName: ['A'], Title: ['One'] }],
      [{ LastName: ['B'], Title: ['One'] }],
      [{ LastName: ['B'], Title: ['Two'] }],
    ]);
    expect(both.map((result) => namesIn(result))).toEqual([['A'], ['B'], []]);
    const any = await findIn(org, [
      [{ MobilePhone: ['2', '02'] }, { Phone: ['2', '02'] }],
      [{ MobilePhone: ['1'] }, { Phone: ['1'] }],
    ]);
    expect(any.map((result) => namesIn(result).toSorted())).toEqual([['A', 'B'], ['A']]);
  });

  it('refuse a value of another type, and say what makes it one', async () => {
    const org = createLocalOrg();
    const find = { ...step, object: 'Bug__c', select: ['Id'] };
    const [text, number] = await findIn(org, [[{ Points__c: ['12'] }], [{ Title__c: [12] }]], {
      find,
    });
    expect(text).toMatchObject({ outcome: { message: expect.stringContaining('$number') } });
    expect(number).toMatchObject({ outcome: { message: expect.stringContaining('$string') } });
  });

  it('ask nothing about an object that is not allowed, and need no permission for query', async () => {
    const org = createLocalOrg();
    const allowed = {
      ...everything,
      objects: new Set(['Contact']),
      resources: new Set(['sobjects']),
    };
    const [permitted] = await findIn(org, [[{ LastName: ['A'] }]], { allowed });
    expect(namesIn(permitted)).toEqual([]);
    const before = org.calls.length;
    const [refused] = await findIn(org, [[{ Name: ['A'] }]], {
      allowed,
      find: { ...step, object: 'Account', select: ['Id'] },
    });
    expect(refused).toMatchObject({
      outcome: { message: expect.stringContaining('AllowedObjects') },
    });
    expect(org.calls).toHaveLength(before);
  });
});
