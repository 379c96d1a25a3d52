import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordLimits } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import type { FinishedResult } from '../../../../functions/salesforce-apicall/result.ts';
import { createCaller } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { parseCredentials } from '../../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { simulatedOrg } from '../../../../local/demo/salesforce.ts';
import { startSimulator } from '../../../../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../../../../local/stack/simulator.ts';
import { isResult, processAround } from '../harness.ts';

const OBJECTS = ['Account', 'Contact', 'Case', 'Order__c'];
const SEEDED = 6;
const credentials = makeOrgCredentials();

/** An org of its own and the function's way to it, without the idempotency table. */
async function connect(eventIdFields = new Map<string, string>()) {
  let events = 0;
  const simulator = await startSimulator({ org: credentials });
  const send = createTransport();
  const secret = parseCredentials(salesforceSecretOf(simulator.url, credentials), 'jwt');
  const logIn = () => login(secret, { flow: 'jwt', audience: undefined, send, timeoutMs: 5_000 });
  const recordLimits = new RecordLimits(200);
  const process = processAround({
    callSalesforce: createCaller({ sessions: new Sessions(logIn), send }),
    recordLimits,
    callTimeoutMs: 5_000,
    eventIdFields,
  });
  const make = async (data: readonly object[]): Promise<FinishedResult[]> => {
    const incoming = data.map((one) => {
      events += 1;
      return toIncomingRequest(one, { id: `event-${events}`, source: 'queue' });
    });
    const results = await process(incoming, () => 60_000);
    return results.filter(isResult);
  };
  return { simulator, recordLimits, make, org: simulatedOrg(simulator.url) };
}

type Org = Awaited<ReturnType<typeof connect>>;

async function calls({ simulator }: Org): Promise<number> {
  const response = await fetch(`${simulator.url}/__sim/calls`);
  const { total }: { total: number } = Object(await response.json());
  return total;
}

/** The field that holds the text of an object's record. */
const TEXT_FIELDS: Readonly<Record<string, string>> = { Contact: 'LastName', Case: 'Subject' };
const payloadOf = (object: string, text: string) => ({ [TEXT_FIELDS[object] ?? 'Name']: text });

/** Records that both orgs have, so that requests can name them by their place. */
async function seed(org: Org): Promise<string[]> {
  await fetch(`${org.simulator.url}/__sim/reset`, { method: 'POST' });
  const data = OBJECTS.flatMap((object) =>
    Array.from({ length: SEEDED }, (_, index) => ({
      action: 'POST',
      resource: 'sobjects',
      object,
      payload: { ...payloadOf(object, `seed ${index}`), Ext__c: `${object} ${index}` },
    })),
  );
  const made = [];
  for (const one of data) made.push(...(await org.make([one])));
  expect(made.filter(({ outcome }) => outcome.kind !== 'success')).toEqual([]);
  return made.map(({ outcome }) => String(Object(Object(outcome).body).id));
}

const place = fc.nat(OBJECTS.length * SEEDED - 1);
const verb = fc.constantFrom(
  'create',
  'update',
  'upsert',
  'delete',
  'read',
  'bad create',
  'bad id',
  'no field',
);

interface Step {
  readonly verb: string;
  readonly place: number;
  readonly value: string;
}

function toRequest({ verb: name, place: at, value }: Step, ids: readonly string[]): object {
  const object = OBJECTS[Math.floor(at / SEEDED)] ?? '';
  const base = { resource: 'sobjects', object };
  const payload = payloadOf(object, value);
  const record = ids[at];
  const made: Record<string, object> = {
    create: { action: 'POST', payload },
    update: { action: 'PATCH', record, payload },
    upsert: { action: 'PATCH', record: `Ext__c/${value}`, payload },
    delete: { action: 'DELETE', record },
    read: { action: 'GET', record },
    'bad create': { action: 'POST', object: 'Contact', payload: { FirstName: value } },
    'bad id': { action: 'PATCH', record: '003000000000000', payload },
    'no field': {
      action: 'PATCH',
      record: `Ext__c/${value}`,
      payload: { ...payload, Ext__c: 'x' },
    },
  };
  return { ...base, ...made[name] };
}

/** Salesforce's code for a missing record is another one in collections; the reply's status and class are the same. */
const codeOf = (errorCode: unknown, status: unknown): unknown =>
  errorCode === 'INVALID_CROSS_REFERENCE_KEY' && status === 404 ? 'NOT_FOUND' : errorCode;

/** What a sender sees, whatever the ids and times of the org. */
const seen = ({ outcome }: FinishedResult): unknown => {
  const { status, class: name, errors, body }: Record<string, unknown> = Object(outcome);
  const codes = Array.isArray(errors)
    ? errors.map(({ errorCode, fields }) => [codeOf(errorCode, status), fields])
    : [];
  const { success, created } = Object(body);
  return { kind: outcome.kind, status, name, codes, success, created };
};

async function contents({ org }: Org): Promise<string[][]> {
  const withoutIds = ({ Name, Subject, Ext__c }: Record<string, unknown>): string =>
    JSON.stringify([Name, Subject, Ext__c]);
  return Promise.all(
    OBJECTS.map(async (object) => (await org.records(object)).map(withoutIds).sort()),
  );
}

describe('requests that share API calls', () => {
  let together: Org;
  let apart: Org;
  beforeAll(async () => {
    // What the table guards in one org, Salesforce itself guards in the other.
    together = await connect(new Map([['case', 'Event__c']]));
    apart = await connect();
  });
  afterAll(() => Promise.all([together.simulator.close(), apart.simulator.close()]));

  it('end as they would have one by one: the same answers, the same records', async () => {
    const step = fc.record({ verb, place, value: fc.constantFrom('a', 'b', 'c', 'd e/f') });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 40 }), async (steps) => {
        const shared = await seed(together);
        const own = await seed(apart);
        const inOne = await together.make(steps.map((one) => toRequest(one, shared)));
        const oneByOne = [];
        for (const one of steps) oneByOne.push(...(await apart.make([toRequest(one, own)])));
        expect(inOne.map(seen)).toEqual(oneByOne.map(seen));
        expect(await contents(together)).toEqual(await contents(apart));
      }),
      { numRuns: 25 },
    );
  });

  it('are 1,000 creates in five API calls', async () => {
    await seed(together);
    const before = await calls(together);
    const data = Array.from({ length: 1_000 }, (_, index) => ({
      action: 'POST',
      resource: 'sobjects',
      object: 'Contact',
      payload: { LastName: `N${index}` },
    }));
    const results = await together.make(data);
    expect(results.filter(({ outcome }) => outcome.kind !== 'success')).toEqual([]);
    expect((await calls(together)) - before).toBe(5);
  });

  it('of an object with an event id field take effect once, without the table', async () => {
    await seed(together);
    const data = {
      action: 'POST',
      resource: 'sobjects',
      object: 'Case',
      payload: { Subject: 'once' },
    };
    const keyed = { ...data, idempotencyKey: 'x'.repeat(300) };
    const results = [...(await together.make([keyed])), ...(await together.make([keyed]))];
    const bodies = results.map(({ outcome }) => Object(outcome));
    expect(bodies.map(({ status }) => status)).toEqual([201, 201]);
    expect(bodies[0].body).toEqual({ id: expect.any(String), success: true, errors: [] });
    expect(bodies[1].body).toEqual(bodies[0].body);
    const records = (await together.org.records('Case')).filter(
      ({ Subject }) => Subject === 'once',
    );
    expect(records).toHaveLength(1);
    expect(String(records[0]?.['Event__c'])).toMatch(/^[0-9a-f]{64}$/);
  });
});
