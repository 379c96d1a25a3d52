import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGuard } from '../../../../functions/salesforce-apicall/idempotency/guard.ts';
import type { SaveResult } from '../../../../functions/salesforce-apicall/idempotency/table.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import { createCaller } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { parseCredentials } from '../../../../functions/salesforce-apicall/salesforce/credentials.ts';
import {
  login,
  requireInstanceUrl,
} from '../../../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { simulatedOrg } from '../../../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../../../local/salesforce/server.ts';
import {
  makeKeyPair,
  makeOrgCredentials,
  salesforceSecretOf,
} from '../../../../local/stack/simulator.ts';
import { isResult, processAround } from '../harness.ts';

const org = makeOrgCredentials();
const send = createTransport();
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ org });
});
beforeEach(() => fetch(`${simulator.url}/__sim/reset`, { method: 'POST' }));
afterAll(() => simulator.close());

const secret = (change: object = {}): string =>
  JSON.stringify({ ...JSON.parse(salesforceSecretOf(simulator.url, org)), ...change });

const logIn = (
  flow: 'jwt' | 'client_credentials' | 'password',
  change: object = {},
  audience?: string,
) => login(parseCredentials(secret(change), flow), { flow, audience, send, timeoutMs: 5_000 });

type Table = Parameters<typeof createGuard>[0];

/** The idempotency table as DynamoDB's conditions make it behave. */
function memoryTable(): Table & { readonly claims: Map<string, SaveResult> } {
  const claims = new Map<string, SaveResult>();
  return {
    claims,
    read: async ({ effectId: id }) => {
      const known = claims.get(id);
      return known?.state === 'saved' ? undefined : known;
    },
    putCompleted: async ({ effectId: id }, outcome) => {
      claims.set(id, { state: 'completed', outcome });
    },
    inProgressUntil: () => '1',
    saveInProgress: async ({ effectId: id }) => {
      const known = claims.get(id);
      if (known === undefined) claims.set(id, { state: 'expired' });
      return known ?? { state: 'saved' };
    },
    saveCompleted: async (id, outcome) => {
      claims.set(id, { state: 'completed', outcome });
    },
    deleteInProgress: async (id) => {
      claims.delete(id);
    },
  };
}

function scene() {
  const table = memoryTable();
  let logins = 0;
  const sessions = new Sessions(() => {
    logins += 1;
    return logIn('jwt');
  });
  const process = processAround({
    callSalesforce: createCaller({ sessions, send }),
    guard: createGuard(table, () => undefined),
    callTimeoutMs: 2_000,
  });
  const run = async (data: object, id = 'message-1') => {
    const [result] = await process(
      [toIncomingRequest(data, { id, source: 'queue' })],
      () => 60_000,
    );
    if (isResult(result)) return result;
    throw new Error('There was no time');
  };
  return { run, logins: () => logins, table, simulated: simulatedOrg(simulator.url) };
}

const create = {
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName: 'N' },
};

describe('login', () => {
  it.each(['jwt', 'client_credentials', 'password'] as const)(
    'by %s gets a token for the org',
    async (flow) => {
      expect(await logIn(flow)).toMatchObject({
        instanceUrl: simulator.url,
        accessToken: expect.stringMatching(/^00D/),
      });
    },
  );

  it('takes a key whose newlines came as two characters', async () => {
    await expect(
      logIn('jwt', { certKey: org.privateKey.replaceAll('\n', '\\n') }),
    ).resolves.toBeDefined();
  });

  const otherKey = makeKeyPair().privateKey;

  it.each([
    ['another key', { certKey: otherKey }, undefined, 'invalid assertion'],
    ['another audience', {}, 'https://other.example', 'audience is invalid'],
    ['another user', { user: 'nobody' }, undefined, "user hasn't approved this consumer"],
    ['another app', { clientID: 'other' }, undefined, 'client identifier invalid'],
  ])('with %s is refused in the words of Salesforce', async (_what, change, audience, message) => {
    await expect(logIn('jwt', change, audience)).rejects.toThrow(message);
  });

  it.each([
    ['{', /is not JSON/],
    ['{}', /lacks server, clientID, user, certKey/],
    [
      JSON.stringify({ server: 'http://example.com', clientID: 'a', user: 'b', certKey: 'c' }),
      /not an https URL/,
    ],
  ])('with the secret %s names what is wrong', (json, message) => {
    expect(() => parseCredentials(json, 'jwt')).toThrow(message);
  });

  it.each([
    ['https://acme.my.salesforce.com', true],
    ['https://acme.my.salesforce.com.evil.example', false],
    ['http://acme.my.salesforce.com', false],
    ['https://evil.example', false],
    ['https://own.example', true],
  ])('a token goes to %s: %s', (instanceUrl, isTaken) => {
    const check = () => requireInstanceUrl(instanceUrl, 'https://own.example');
    if (isTaken) expect(check()).toBe(instanceUrl);
    else expect(check).toThrow('not a Salesforce host');
  });
});

describe('a session', () => {
  it('is shared by calls at the same time, and replaced once when it expires', async () => {
    const { logins, run } = scene();
    const query = { action: 'GET', resource: 'query', query: { q: 'SELECT Id FROM Contact' } };
    await Promise.all([1, 2, 3].map(() => run(query)));
    expect(logins()).toBe(1);
    await fetch(`${simulator.url}/__sim/expire-tokens`, { method: 'POST' });
    const outcomes = await Promise.all([1, 2, 3].map(() => run(query)));
    expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['success', 'success', 'success']);
    expect(logins()).toBe(2);
  });

  it('whose replacement is refused too ends the call: no login storm', async () => {
    const { logins, run, simulated } = scene();
    await simulated.addFault({
      match: { path: '/query' },
      status: 401,
      errorCode: 'INVALID_SESSION_ID',
      times: 50,
      after: 'before',
    });
    const { outcome } = await run({
      action: 'GET',
      resource: 'query',
      query: { q: 'SELECT Id FROM Contact' },
    });
    expect(outcome).toMatchObject({ kind: 'failure', class: 'configuration', status: 401 });
    // One for the request, and one for the query that tells whether other calls fail too.
    expect(logins()).toBe(3);
  });

  it('is replaced, and the host with it, when the org is not where it was', async () => {
    const { logins, run, simulated } = scene();
    const match = { path: '/sobjects/Contact' };
    await simulated.addFault({ match, status: 420, times: 1, after: 'before' });
    expect((await run(create)).outcome.kind).toBe('success');
    expect(logins()).toBe(2);
    await simulated.addFault({ match, status: 420, html: '', times: 2, after: 'before' });
    expect((await run(create, 'message-2')).outcome).toMatchObject({
      class: 'retry-later',
      status: 420,
    });
    expect(logins()).toBe(3);
  });

  it('never follows a redirect', async () => {
    const { run, simulated } = scene();
    await simulated.addFault({
      match: { path: '/query' },
      status: 302,
      errorCode: 'MOVED',
      times: 1,
      after: 'before',
    });
    const { outcome } = await run({
      action: 'GET',
      resource: 'query',
      query: { q: 'SELECT Id FROM Contact' },
    });
    expect(outcome).toMatchObject({ kind: 'failure', status: 302 });
  });
});

describe('one effect per event', () => {
  it('a delivery that comes twice creates once and gets the same answer', async () => {
    const { run, simulated } = scene();
    const { outcome } = await run(create);
    expect((await run(create)).outcome).toEqual(outcome);
    expect(await simulated.records('Contact')).toHaveLength(1);
  });

  it('a create that Salesforce refused may be tried again', async () => {
    const { run, simulated } = scene();
    await simulated.addFault({
      match: { path: 'Contact' },
      status: 400,
      errorCode: 'UNABLE_TO_LOCK_ROW',
      times: 1,
      after: 'before',
    });
    expect((await run(create)).outcome).toMatchObject({ class: 'retry-soon' });
    expect((await run(create)).outcome.kind).toBe('success');
  });

  it('a create whose answer was lost is never made again', async () => {
    const { run, simulated } = scene();
    await simulated.addFault({
      match: { path: 'Contact' },
      reset: true,
      times: 1,
      after: 'commit',
    });
    expect((await run(create)).outcome).toMatchObject({ class: 'outcome-unknown' });
    expect((await run(create)).outcome).toMatchObject({ class: 'outcome-unknown' });
    expect(await simulated.records('Contact')).toHaveLength(1);
  });

  it.each(['body', 'stream'] as const)(
    'a create whose answer breaks off (%s) is never made again',
    async (truncate) => {
      const { run, simulated } = scene();
      const match = { path: 'Contact' };
      await simulated.addFault({ match, truncate, times: 1, after: 'commit' });
      // Its status, 201, has come: only the id is not known.
      const created = { kind: 'success', status: 201 };
      expect((await run(create)).outcome).toMatchObject(created);
      expect((await run(create)).outcome).toMatchObject(created);
      expect(await simulated.records('Contact')).toHaveLength(1);
    },
  );

  it('an upsert whose answer was lost is made again, with one record in the end', async () => {
    const { run, simulated } = scene();
    const upsert = {
      action: 'PATCH',
      resource: 'sobjects',
      object: 'Contact',
      record: 'Ext__c/1',
      payload: { LastName: 'U' },
    };
    await simulated.addFault({
      match: { path: 'Contact' },
      reset: true,
      times: 1,
      after: 'commit',
    });
    expect((await run(upsert)).outcome).toMatchObject({ class: 'retry-soon' });
    expect((await run(upsert)).outcome).toMatchObject({ kind: 'success', status: 200 });
    expect(await simulated.records('Contact')).toHaveLength(1);
  });
});
