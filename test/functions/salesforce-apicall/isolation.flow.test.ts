import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { LoginError, TransportError } from '../../../functions/salesforce-apicall/errors.ts';
import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { drain, redriveAttribute } from './drain.ts';
import { sqsRecord } from './harness.ts';
import { answer, create, createScene, limited, update } from './scene.ts';

const error = (status: number, errorCode: string, message = 'm') =>
  answer(status, [{ errorCode, message }]);
const fine = answer(200, { id: '003', success: true, errors: [], records: [] });
const isQuery = ({ path }: Call): boolean => path.includes('/query');

const upsert = (key: string, LastName = key) => update(`Ext__c/${key}`, LastName);
const records = (requests: readonly object[]): SQSRecord[] =>
  requests.map((request, index) =>
    sqsRecord(request, { messageId: `m${index}`, sentAt: Date.now() }),
  );

/** Salesforce, with a record that makes the whole call fail that it is in. */
const withPoison = (poison: () => ApiResponse | Promise<ApiResponse>) => (call: Call) =>
  call.body?.includes('poison') ? poison() : fine;

const reset = (): never => {
  throw new TransportError('ECONNRESET', true);
};

describe('one request that makes every call fail that it is in', () => {
  it.each([
    ['500', () => error(500, 'UNKNOWN_EXCEPTION'), 'retry-soon'],
    ['a maintenance page', () => answer(503, 'down for maintenance'), 'retry-later'],
    ['420', () => answer(420, '<html>'), 'retry-later'],
    ['401', () => error(401, 'INVALID_SESSION_ID'), 'configuration'],
    ['refused rights', () => error(403, 'INSUFFICIENT_ACCESS'), 'configuration'],
    ['a lost connection', reset, 'retry-soon'],
    ['a 502', () => answer(502, '<html>'), 'retry-soon'],
  ])(
    'with %s is dead-lettered alone, and no neighbour waits or fails',
    async (_how, poison, name) => {
      const scene = createScene({ respond: withPoison(poison) });
      const requests = Array.from({ length: 30 }, (_, index) =>
        upsert(index === 7 ? 'poison' : `k${index}`),
      );
      const first = await scene.run(records(requests));
      expect(first.length + scene.requeued.length + scene.deadLetters.length).toBe(1);
      expect(scene.counted.join()).not.toContain('BreakerOpened');
      const again = createScene({ respond: withPoison(poison) });
      expect(await drain(again, records(requests))).toBeLessThan(12);
      expect(again.deadLetters).toMatchObject([{ failure: { class: name } }]);
      expect(again.replies().filter(({ category }) => category === 'success')).toHaveLength(29);
    },
  );

  it('among 1,000 costs about 40 calls', async () => {
    const scene = createScene({ respond: withPoison(() => error(500, 'UNKNOWN_EXCEPTION')) });
    const requests = Array.from({ length: 1_000 }, (_, index) =>
      upsert(index === 500 ? 'poison' : `k${index}`),
    );
    await scene.run(records(requests));
    // Five calls, ten of 20 instead of one of 200, 20 alone instead of one of those; a query for each failure at most.
    expect(scene.calls.length).toBeLessThanOrEqual(5 + 10 + 20 + 3);
  });

  it('stays alone in its retries, and after a redrive', async () => {
    const scene = createScene({ respond: withPoison(() => error(500, 'UNKNOWN_EXCEPTION')) });
    await scene.run(records([upsert('poison'), upsert('a')]));
    expect(scene.requeued).toMatchObject([{ redrive: { callSize: 1 } }]);
    const [{ body = '', redrive } = { body: '' }] = scene.requeued;
    scene.calls.length = 0;
    const alone = sqsRecord(JSON.parse(body), {
      messageId: 'retried',
      sentAt: Date.now(),
      messageAttributes: redriveAttribute(redrive),
    });
    await scene.run([alone, ...records([upsert('b'), upsert('c')])]);
    const paths = scene.calls.filter((call) => !isQuery(call)).map(({ path }) => path);
    expect(paths.sort()).toEqual([
      '/services/data/v68.0/composite/sobjects/Contact/Ext__c',
      '/services/data/v68.0/sobjects/Contact/Ext__c/poison',
    ]);
  });

  it('as a create whose response was lost leaves the creates of its call unknown, and no other', async () => {
    const scene = createScene({ respond: withPoison(reset) });
    await drain(scene, records([create('poison'), create('a'), upsert('b'), upsert('c')]));
    expect(scene.deadLetters).toMatchObject([
      { failure: { class: 'outcome-unknown' } },
      { failure: { class: 'outcome-unknown' } },
    ]);
    expect(scene.replies().filter(({ category }) => category === 'success')).toHaveLength(2);
  });

  it('of Apex REST never opens the circuit breaker, whatever Apex answers', async () => {
    for (const response of [
      error(401, 'INVALID_SESSION_ID'),
      answer(503, 'maintenance'),
      limited,
    ]) {
      const scene = createScene({
        respond: (call) => (call.path.includes('apexrest') ? response : fine),
        config: { allowedResources: undefined },
      });
      const apex = { action: 'POST', resource: 'apexrest', object: 'orders', payload: {} };
      await drain(scene, records([apex, upsert('a')]));
      expect(scene.counted.join()).not.toContain('BreakerOpened');
      expect(scene.deadLetters).toHaveLength(1);
    }
  });
});

describe('an outage', () => {
  it('holds requests back without an attempt, keeps the size of calls, and ends with one request', async () => {
    let isOut = true;
    const scene = createScene({ respond: () => (isOut ? error(503, 'SERVER_UNAVAILABLE') : fine) });
    const requests = Array.from({ length: 400 }, (_, index) => upsert(`k${index}`));
    await scene.run(records(requests));
    expect(scene.counted).toContain('BreakerOpened limit');
    // Two calls and the query.
    expect(scene.calls).toHaveLength(3);
    expect([scene.requeued, scene.deadLetters]).toEqual([[], []]);
    scene.clock.now += 5_000;
    await scene.run(records(requests));
    expect(scene.calls).toHaveLength(3);
    isOut = false;
    scene.clock.now += 10_000;
    expect(await scene.run(records(requests))).toEqual([]);
    // One request first, then the others in two calls.
    expect(scene.calls).toHaveLength(6);
    expect([...scene.items.keys()].filter((key) => key.startsWith('attempts/'))).toEqual([]);
  });

  it('is opened again by the first request, with a query, and by nothing else', async () => {
    const scene = createScene({ respond: () => error(503, 'SERVER_UNAVAILABLE') });
    await scene.run(records([upsert('a'), upsert('b')]));
    scene.clock.now += 11_000;
    expect(await scene.run(records([upsert('a'), upsert('b')]))).toEqual(['m0', 'm1']);
    expect(scene.calls).toHaveLength(4);
    expect(scene.items.get('breaker')).toMatchObject({ times: { N: '2' } });
  });

  it('is not prolonged by a first request that fails for itself', async () => {
    let isOut = true;
    const respond = (call: Call) =>
      isOut || call.body?.includes('poison') ? error(503, 'SERVER_UNAVAILABLE') : fine;
    const scene = createScene({ respond });
    await scene.run(records([upsert('poison'), upsert('a'), upsert('b')]));
    isOut = false;
    scene.clock.now += 11_000;
    expect(await scene.run(records([upsert('poison'), upsert('a'), upsert('b')]))).toEqual(['m0']);
    expect(scene.items.get('breaker')).not.toHaveProperty('openUntil');
  });

  it('for writes lets queries pass, and full storage only holds back creates', async () => {
    const refusal = {
      writes: error(400, 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE'),
      creates: error(400, 'STORAGE_LIMIT_EXCEEDED'),
    };
    for (const scope of ['writes', 'creates'] as const) {
      const isHeld = ({ method }: Call): boolean =>
        scope === 'writes' ? method !== 'GET' : method === 'POST';
      const scene = createScene({ respond: (call) => (isHeld(call) ? refusal[scope] : fine) });
      await scene.run(records([create('a')]));
      const get = {
        action: 'GET',
        resource: 'sobjects',
        object: 'Contact',
        record: '003000000000001',
      };
      const left = await scene.run(records([create('b'), update('003000000000001'), get]));
      expect(left).toEqual(scope === 'writes' ? ['m0', 'm1'] : ['m0']);
    }
  });

  it('waits no longer than five minutes before it looks again', async () => {
    const scene = createScene({ respond: () => limited });
    for (let round = 0; round < 4; round += 1) {
      await scene.run(records([upsert('a')]));
      scene.clock.now += 3_600_000;
    }
    await scene.run(records([upsert('a')]));
    await scene.run(records([upsert('a')]));
    expect(scene.delays.at(-1)?.delaySeconds).toBeLessThanOrEqual(330);
  });
});

describe('a refused login', () => {
  it('opens the circuit breaker at once, and no query is made', async () => {
    const scene = createScene({
      respond: () => {
        throw new LoginError('invalid_grant', 400, 'inactive user');
      },
    });
    await scene.run(records([upsert('a')]));
    expect(scene.calls).toHaveLength(1);
    expect(scene.counted).toContain('BreakerOpened login');
  });
});
