import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoginError, TransportError } from '../../../functions/salesforce-apicall/errors.ts';
import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
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

const redriveAttribute = (redrive: object | undefined): SQSRecord['messageAttributes'] => ({
  Redrive: { dataType: 'String', stringValue: JSON.stringify(redrive) },
});

type Scene = ReturnType<typeof createScene>;

/** Delivers messages until none is left in the queue; each round is a minute later. */
async function drain(scene: Scene, first: readonly SQSRecord[], rounds = 12): Promise<number> {
  let waiting = [...first];
  for (let round = 1; round <= rounds; round += 1) {
    const sentBefore = scene.requeued.length;
    const left = new Set(await scene.run(waiting));
    const requeued = scene.requeued.slice(sentBefore).map(({ body, redrive }, index) =>
      sqsRecord(JSON.parse(body), {
        messageId: `r${round}-${index}`,
        sentAt: Date.now(),
        messageAttributes: redriveAttribute(redrive),
      }),
    );
    waiting = [...waiting.filter(({ messageId }) => left.has(messageId)), ...requeued];
    scene.clock.now += 60_000;
    if (waiting.length === 0) return round;
  }
  return Number.POSITIVE_INFINITY;
}

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
    expect(scene.items.has('breaker')).toBe(false);
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

describe('the outcome of a request', () => {
  const faults = {
    none: undefined,
    wrong: error(400, 'STRING_TOO_LONG'),
    locked: error(400, 'UNABLE_TO_LOCK_ROW'),
    refused: error(403, 'INSUFFICIENT_ACCESS'),
    session: error(401, 'INVALID_SESSION_ID'),
    broken: error(500, 'UNKNOWN_EXCEPTION'),
    page: answer(503, 'maintenance'),
    moved: answer(420, ''),
  } as const;
  type Fault = keyof typeof faults;

  /** Each request fails as its name says, wherever it is. */
  const respond = ({ body = '' }: Call): ApiResponse => {
    const [, name = 'none'] = /"LastName":"(\w+) /.exec(body) ?? [];
    return Object.entries(faults).find(([known]) => known === name)?.[1] ?? fine;
  };

  const classesOf = async (names: readonly Fault[]): Promise<string[]> => {
    const scene = createScene({ respond });
    const requests = names.map((name, index) => upsert(`k${index}`, `${name} ${index}`));
    expect(await drain(scene, records(requests))).toBeLessThan(12);
    const ends = new Map<string, string>();
    for (const { body, failure } of scene.deadLetters)
      ends.set(JSON.parse(body).record, Object(failure).class);
    return requests.map(({ record }) => ends.get(record) ?? 'success');
  };

  it('is the one that it has alone, whatever its neighbours do', async () => {
    const names: readonly Fault[] = Object.keys(faults).filter(
      (name): name is Fault => name in faults,
    );
    const alone = new Map<Fault, string | undefined>();
    for (const name of names) alone.set(name, (await classesOf([name]))[0]);
    expect(new Set(alone.values()).size).toBeGreaterThan(3);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 60 }), async (batch) => {
        expect(await classesOf(batch)).toEqual(batch.map((name) => alone.get(name)));
      }),
      { numRuns: 60 },
    );
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
