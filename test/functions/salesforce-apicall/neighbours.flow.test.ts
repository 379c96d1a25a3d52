import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../functions/salesforce-apicall/errors.ts';
import { createCaller } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { parseCredentials } from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { createHarness, sqsRecord } from './harness.ts';
import { answer, create, created, createScene, update } from './scene.ts';

const error = (status: number, errorCode: string, message = 'm') =>
  answer(status, [{ errorCode, message }]);

const records = (bodies: readonly unknown[]) =>
  bodies.map((body, index) => sqsRecord(body, { messageId: `m${index}`, sentAt: Date.now() }));

const upserts = (count: number, poison?: number) =>
  records(
    Array.from({ length: count }, (_, index) =>
      update(`Ext__c/k${index}`, index === poison ? 'poison' : 'x'),
    ),
  );

describe('creates without an event id, when the login', () => {
  const credentials = (server: string) =>
    parseCredentials(
      JSON.stringify({ server, clientID: 'id', clientSecret: 's' }),
      'client_credentials',
    );

  it('takes the request and never answers, are not made', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const send = createTransport();
    const options = {
      flow: 'client_credentials',
      audience: undefined,
      send,
      timeoutMs: 200,
    } as const;
    const sessions = new Sessions(() => login(credentials(url), options));
    const scene = createHarness({ callSalesforce: createCaller({ sessions, send }) });
    expect(await scene.run(records([create('a'), create('b')]))).toEqual(['m0', 'm1']);
    expect(scene.deadLetters).toEqual([]);
    expect([...scene.items.keys()]).toEqual(['breaker']);
    server.closeAllConnections();
    server.close();
  });

  it('never answers after a 401, are not made', async () => {
    let logins = 0;
    const logIn = async () => {
      logins += 1;
      if (logins > 1) throw new TransportError('ETIMEDOUT', true);
      return { accessToken: 't', instanceUrl: 'https://org.my.salesforce.com' };
    };
    const body = JSON.stringify([{ errorCode: 'INVALID_SESSION_ID', message: 'm' }]);
    const send = async () => ({ statusCode: 401, headers: {}, body });
    const scene = createHarness({
      callSalesforce: createCaller({ sessions: new Sessions(logIn), send }),
    });
    expect(await scene.run(records([create('a')]))).toEqual(['m0']);
    expect(scene.deadLetters).toEqual([]);
  });
});

describe('the calls of later batches stay as large', () => {
  it.each([
    [
      'after a validation rule whose words are those of a limit',
      error(400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Too many records for this account'),
    ],
    [
      'after a record that is too much for its automation although it is alone',
      error(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'X: Apex CPU time limit exceeded'),
    ],
  ])('%s', async (_why, refusal) => {
    const scene = createScene({
      respond: ({ body }) => (body?.includes('poison') ? refusal : created),
    });
    await scene.run(upserts(200, 3));
    expect(scene.deadLetters).toHaveLength(1);
    scene.calls.length = 0;
    await scene.run(upserts(200));
    expect(scene.calls).toHaveLength(1);
  });

  it('but not after one that its automation takes only in smaller calls', async () => {
    const tooBig = answer(200, undefined);
    const scene = createScene({
      playSingles: false,
      respond: ({ body = '' }) => {
        const { records: rows = [] } = JSON.parse(body);
        const [isFew, errors] = [
          rows.length <= 50,
          [{ statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message: 'CPU time limit' }],
        ];
        const result = isFew
          ? { success: true, id: '003', errors: [] }
          : { success: false, errors };
        return { ...tooBig, body: rows.map(() => result) };
      },
    });
    await scene.run(upserts(200));
    scene.calls.length = 0;
    await scene.run(upserts(200));
    expect(scene.calls).toHaveLength(4);
  });
});

describe('the circuit breaker', () => {
  const full = error(400, 'STORAGE_LIMIT_EXCEEDED');

  it('stays closed for an error about all creates, if a create after it succeeds in the same call', async () => {
    const scene = createScene({
      respond: ({ body }) => (body?.includes('poison') ? full : created),
    });
    expect(await scene.run(records([create('poison'), create('a'), create('b')]))).toEqual([]);
    expect(scene.counted.join()).not.toContain('BreakerOpened');
    expect(scene.deadLetters).toMatchObject([{ failure: { errorCode: 'STORAGE_LIMIT_EXCEEDED' } }]);
  });

  it('opens for it if the creates before it have used up what was left', async () => {
    let left = 2;
    const scene = createScene({
      respond: () => {
        left -= 1;
        return left < 0 ? full : created;
      },
    });
    const batch = records([create('a'), create('b'), create('c'), create('d')]);
    expect(await scene.run(batch)).toEqual(['m2', 'm3']);
    expect(scene.counted).toContain('BreakerOpened login');
    expect(scene.deadLetters).toEqual([]);
  });

  it('leaves the first call after its time to a batch with a request that it held back', async () => {
    let isFull = true;
    const scene = createScene({
      respond: ({ method }) => (isFull && method === 'POST' ? full : created),
    });
    await scene.run(records([create('a')]));
    isFull = false;
    scene.clock.now += 61_000;
    const read = {
      action: 'GET',
      resource: 'sobjects',
      object: 'Contact',
      record: '003000000000001',
    };
    expect(await scene.run(records([read]))).toEqual([]);
    expect(await scene.run(records([create('b')]))).toEqual([]);
  });

  it('holds back what another process goes first for', async () => {
    const scene = createScene({ respond: ({ method }) => (method === 'POST' ? full : created) });
    await scene.run(records([create('a')]));
    scene.clock.now += 61_000;
    scene.items.set('breaker', {
      ...scene.items.get('breaker'),
      probeUntil: { N: String(scene.clock.now + 30_000) },
    });
    scene.calls.length = 0;
    expect(await scene.run(records([create('b'), update('Ext__c/a')]))).toEqual(['m0']);
    expect(scene.calls).toHaveLength(1);
  });
});

describe('an event of this stack that reaches its own queue', () => {
  const asBusEvents = (scene: ReturnType<typeof createScene>, round: number) =>
    scene.entries.splice(0).map(({ source, detailType, detail }, index) => ({
      id: `${round}-${index}`,
      source,
      'detail-type': detailType,
      resources: [],
      detail: JSON.parse(detail),
    }));
  const announcement = {
    id: 'a',
    source: 'salesforce-eventbridge',
    'detail-type': 'salesforce-eventbridge.parked',
    detail: { reason: 'PERMANENT', key: 'parked/PERMANENT/2026-01-01/a', id: 'a' },
  };

  it.each([
    ['a request that is refused', { nonsense: 1 }],
    ['one that succeeds', create('a')],
    ['an announcement', announcement],
  ])('is not replied to, whatever came first: %s', async (_what, first) => {
    const scene = createScene();
    let batch = records([first]);
    for (let round = 0; round < 3; round += 1) {
      await scene.run(batch);
      batch = records(asBusEvents(scene, round));
    }
    expect(batch).toEqual([]);
  });
});
