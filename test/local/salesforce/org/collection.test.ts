import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiError } from '../../../../local/salesforce/errors.ts';
import { type RowWrite, writeCollection } from '../../../../local/salesforce/org/collection.ts';
import { createOrg } from '../../../../local/salesforce/org/org.ts';
import { createSettings, type Settings } from '../../../../local/salesforce/settings.ts';

function makeOrg(settings: Partial<Settings> = {}) {
  const text = { type: 'string', length: 10 } as const;
  const objects = ['A__c', 'B__c'].map((name) => ({
    name,
    fields: [
      { ...text, name: 'Key__c', externalId: true, unique: true },
      { ...text, name: 'Value__c' },
    ],
  }));
  const org = createOrg({
    definitions: [
      { name: 'User', keyPrefix: '005', fields: [{ name: 'Name', ...text }] },
      ...objects,
    ],
    username: 'u@example.org',
    settings: createSettings(settings),
  });
  const contents = () =>
    ['A__c', 'B__c'].map((name) =>
      org.database.rows(org.requireSObject(name)).map((row) => [row['Key__c'], row['Value__c']]),
    );
  return { org, contents };
}

interface Step {
  readonly sObject: string;
  readonly key: string;
  readonly value: string;
  readonly fails: boolean;
}

const step = fc.record({
  sObject: fc.constantFrom('A__c', 'B__c'),
  key: fc.constantFrom('1', '2', '3', '4'),
  value: fc.constantFrom('x', 'y'),
  fails: fc.boolean(),
});

const REFUSED = () => {
  throw apiError(400, 'REFUSED', 'refused', []);
};

function toWrite(
  { org }: ReturnType<typeof makeOrg>,
  { sObject, key, value, fails }: Step,
): RowWrite {
  const type = org.requireSObject(sObject);
  const field = type.field('Key__c');
  if (field === undefined) throw new Error('Key__c is not defined');
  const write: RowWrite['write'] = (options) => {
    const result = org.dml.upsert({ type, field, value: key }, { Value__c: value }, options);
    return fails ? REFUSED() : result;
  };
  return { type, write };
}

const succeedsIn = ({ fails }: Step): boolean => !fails;

function runOneByOne(made: ReturnType<typeof makeOrg>, steps: readonly Step[]): void {
  for (const each of steps.filter(succeedsIn)) toWrite(made, each).write({});
}

/** An org with records, and what a collection does to it. */
function runCollection(before: readonly Step[], steps: readonly Step[], allOrNone: boolean) {
  const made = makeOrg();
  runOneByOne(made, before);
  const untouched = made.contents();
  const writes = steps.map((each) => toWrite(made, each));
  const results = writeCollection(made.org, writes, { allOrNone, keepsIds: false });
  const successes = results.map(({ success }) => success);
  return { untouched, contents: made.contents(), successes };
}

describe('a collection of any records', () => {
  const steps = fc.array(step);

  it('leaves the org as its successful records do one after the other', () => {
    fc.assert(
      fc.property(steps, steps, (before, records) => {
        const expected = makeOrg();
        runOneByOne(expected, [...before, ...records]);
        const { contents, successes } = runCollection(before, records, false);
        expect(contents).toEqual(expected.contents());
        expect(successes).toEqual(records.map(succeedsIn));
      }),
    );
  });

  it('with allOrNone, leaves the org as it was unless all succeed', () => {
    fc.assert(
      fc.property(steps, steps, (before, records) => {
        const failed = runCollection(
          before,
          [...records, { sObject: 'A__c', key: '1', value: 'z', fails: true }],
          true,
        );
        expect(failed.contents).toEqual(failed.untouched);
        expect(failed.successes).not.toContain(true);
        const good = records.filter(succeedsIn);
        expect(runCollection(before, good, true)).toEqual(runCollection(before, good, false));
      }),
    );
  });
});

describe('triggers (settings)', () => {
  const good: Step = { sObject: 'A__c', key: '1', value: 'x', fails: false };
  const bad: Step = { ...good, key: '2', fails: true };
  const run = (settings: Partial<Settings>, steps: readonly Step[], allOrNone = false) => {
    const made = makeOrg(settings);
    const writes = steps.map((each) => toWrite(made, each));
    const results = writeCollection(made.org, writes, { allOrNone, keepsIds: false });
    const messages = results.map(({ errors }) => Object(errors[0]).message);
    return { messages, contents: made.contents() };
  };

  it('row 60, reported (stackexchange 377154): exceed the CPU time limit above some records of a chunk', () => {
    const text = 'XTrigger: System.LimitException: Apex CPU time limit exceeded';
    const two = [good, { ...good, key: '3' }];
    const other = { ...good, sObject: 'B__c' };
    expect(run({ apexRecordLimit: 2 }, two).messages).toEqual([undefined, undefined]);
    expect(run({ apexRecordLimit: 1 }, [...two, other])).toEqual({
      messages: [text, text, undefined],
      contents: [[], [['1', 'x']]],
    });
  });

  it('row 61, documented text: fail all records after too many partial failures, not with allOrNone', () => {
    const text = 'Too many batch retries in the presence of Apex triggers and partial failures.';
    expect(run({ partialFailureLimit: 1 }, [good, bad])).toEqual({
      messages: [text, text],
      contents: [[], []],
    });
    expect(run({ partialFailureLimit: 2 }, [good, bad]).messages).toEqual([undefined, 'refused']);
    expect(run({ partialFailureLimit: 1 }, [good, bad], true).messages).toEqual([
      expect.stringContaining('AllOrNone'),
      'refused',
    ]);
  });
});
