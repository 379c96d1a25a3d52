import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../local/salesforce/server.ts';
import { makeOrgCredentials } from '../../../local/stack/simulator.ts';

const org = makeOrgCredentials();
let simulator: Simulator;
let authorization = '';

const VERSION = '/services/data/v68.0';

beforeAll(async () => {
  simulator = await startSimulator({ org });
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: org.clientId,
    client_secret: org.clientSecret,
  });
  const response = await fetch(`${simulator.url}/services/oauth2/token`, { method: 'POST', body });
  authorization = `Bearer ${Object(await response.json()).access_token}`;
});
beforeEach(() => control('POST', 'reset'));
afterAll(() => simulator.close());

const control = (method: string, path: string, body?: object) =>
  fetch(`${simulator.url}/__sim/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

const fault = async (change: object) => (await control('POST', 'faults', change)).json();

const call = (method: string, path: string, body: object) =>
  fetch(`${simulator.url}${VERSION}/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const records = async (): Promise<unknown[]> =>
  (await control('GET', 'records/Contact')).json() as Promise<unknown[]>;

const create = () => call('POST', 'sobjects/Contact', { LastName: 'N' });

const lock = {
  scope: 'record',
  match: { body: 'locked' },
  status: 400,
  errorCode: 'UNABLE_TO_LOCK_ROW',
  message: 'unable to obtain exclusive access to this record',
};

describe('a fault with scope record', () => {
  const names = ['free', 'locked', 'free'];

  it('fails one record of a collection and no other', async () => {
    await fault(lock);
    const attributes = { type: 'Contact' };
    const collection = {
      allOrNone: false,
      records: names.map((LastName) => ({ attributes, LastName })),
    };
    const results = await (await call('POST', 'composite/sobjects', collection)).json();
    expect(results).toMatchObject([
      { success: true },
      { success: false, errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', fields: [] }] },
      { success: true },
    ]);
    expect(await records()).toHaveLength(2);
  });

  it('fails a subrequest with its status, and a single-record call', async () => {
    await fault({ ...lock, times: 2 });
    const compositeRequest = names.map((LastName, index) => ({
      method: 'POST',
      url: `${VERSION}/sobjects/Contact`,
      referenceId: `r${index}`,
      body: { LastName },
    }));
    const answer = await (await call('POST', 'composite', { compositeRequest })).json();
    const statuses = Object(answer)
      .compositeResponse.map(Object)
      .map(({ httpStatusCode }: { httpStatusCode: number }) => httpStatusCode);
    expect(statuses).toEqual([201, 400, 201]);
    expect((await call('POST', 'sobjects/Contact', { LastName: 'locked' })).status).toBe(400);
    expect((await call('POST', 'sobjects/Contact', { LastName: 'locked' })).status).toBe(201);
  });

  it('applies to updates, upserts, and deletions', async () => {
    const { id } = Object(await (await create()).json());
    const row = `sobjects/Contact/${id}`;
    await fault({ ...lock, match: { path: id }, times: 2 });
    await fault({ ...lock, match: { method: 'PATCH', path: '/Contact/Key__c/a$' } });
    expect((await call('PATCH', row, { LastName: 'M' })).status).toBe(400);
    expect((await call('DELETE', row, {})).status).toBe(400);
    const upsert = () => call('PATCH', 'sobjects/Contact/Key__c/a', { LastName: 'M' });
    expect([(await upsert()).status, (await upsert()).status]).toEqual([400, 201]);
    expect((await call('DELETE', row, {})).status).toBe(204);
  });
});

describe('a fault with scope call', () => {
  it('skips as many calls as configured', async () => {
    await fault({ skip: 2, times: 1 });
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await create()).status);
    expect(statuses).toEqual([201, 201, 503, 201]);
  });

  it('truncates the JSON of a successful response', async () => {
    await fault({ truncate: 'body', after: 'commit' });
    const answer = await create();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      201,
      expect.stringContaining('json'),
    ]);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
    expect(await records()).toHaveLength(1);
  });

  it('resets the connection in the middle of a response', async () => {
    await fault({ truncate: 'stream', after: 'commit' });
    await expect(create().then((answer) => answer.text())).rejects.toThrow();
    expect(await records()).toHaveLength(1);
  });

  it('delays a response after the commit, without changing it', async () => {
    await fault({ pass: true, delayMs: 2_500, after: 'commit' });
    let isAnswered = false;
    const pending = create().finally(() => {
      isAnswered = true;
    });
    await expect.poll(records, { timeout: 60_000, interval: 10 }).toHaveLength(1);
    expect(isAnswered).toBe(false);
    expect((await pending).status).toBe(201);
  });

  it('responds with a maintenance page and Retry-After', async () => {
    await fault({ html: true, headers: { 'retry-after': '30' } });
    const answer = await create();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await answer.text()).toContain('down for maintenance');
  });

  it.each([
    [{ truncate: 'body' }, 'needs after: "commit"'],
    [{ scope: 'record', reset: true }, 'nothing of the connection'],
  ])('is rejected with the reason: %j', async (change, message) => {
    expect(await fault(change)).toMatchObject({ message: expect.stringContaining(message) });
  });
});
