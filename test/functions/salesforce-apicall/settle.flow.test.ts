import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PublishError } from '../../../functions/common/errors.ts';
import type { Publish } from '../../../functions/common/events/publish.ts';
import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { TOO_LARGE } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { memoryDynamo } from './dynamodb-harness.ts';
import { sqsRecord } from './harness.ts';
import { answer, create, created, createScene, locked, update } from './scene.ts';

const config = { allowedResources: undefined };
const query = (name: string) => ({ action: 'GET', resource: 'query', query: { q: name } });
const records = (requests: readonly object[]) =>
  requests.map((request, index) => sqsRecord(request, { messageId: `m${index}` }));
const queries = (count: number) =>
  records(Array.from({ length: count }, (_, index) => query(`q${index}`)));
const tick = (): Promise<void> => new Promise(setImmediate);

describe('the responses of a batch', () => {
  it('are held for five calls at most: no call begins before the reply to an earlier one is published', async () => {
    const held = { now: 0, most: 0 };
    const respond = async (): Promise<ApiResponse> => {
      held.now += 1;
      held.most = Math.max(held.most, held.now);
      await tick();
      return answer(200, { records: ['x'.repeat(1_000_000)] });
    };
    const publish =
      (bus: Publish): Publish =>
      async (entries, remainingMs) => {
        for (let ticks = 0; ticks < 5; ticks += 1) await tick();
        held.now -= entries.length;
        return bus(entries, remainingMs);
      };
    const scene = createScene({ respond, publish, config });
    expect(await scene.run(queries(40))).toEqual([]);
    expect(scene.entries).toHaveLength(40);
    expect(held.most).toBe(5);
  });

  it('share PutEvents requests if they are small', async () => {
    const groups: number[] = [];
    const publish =
      (bus: Publish): Publish =>
      (entries, remainingMs) => {
        groups.push(entries.length);
        return bus(entries, remainingMs);
      };
    const scene = createScene({ publish, config });
    await scene.run(queries(95));
    expect(groups.reduce((sum, count) => sum + count)).toBe(95);
    expect(groups.length).toBeLessThanOrEqual(10);
  });

  it('fail only their own request if they are too large, with an error that names the limit', async () => {
    const respond = ({ path }: Call): ApiResponse =>
      path.includes('huge') ? { ...answer(200, ''), unreadable: TOO_LARGE } : created;
    const scene = createScene({ respond, config });
    expect(await scene.run(records([query('a'), query('huge'), query('b')]))).toEqual([]);
    expect(scene.deadLetters).toMatchObject([
      { failure: { class: 'permanent-size', errorCode: 'ANSWER_TOO_LARGE' } },
    ]);
    const [error, ...others] = scene
      .replies()
      .toSorted((one, other) => one.category.localeCompare(other.category));
    expect(error.data).toMatchObject({
      code: 'response-parsing',
      description: expect.stringContaining('more than 6 MB: request fewer records or fields'),
    });
    expect(others.map(({ category }) => category)).toEqual(['success', 'success']);
  });

  it('that share a call are requested in halves if they are too large together', async () => {
    const tooLarge: ApiResponse = { ...answer(200, ''), unreadable: TOO_LARGE };
    const body = { attributes: {}, Id: '003' };
    const respond = ({ body: text = '', path }: Call): ApiResponse => {
      if (!path.endsWith('/composite')) return answer(200, body);
      const { compositeRequest } = JSON.parse(text);
      if (compositeRequest.length > 4) return tooLarge;
      const compositeResponse = compositeRequest.map(() => ({ httpStatusCode: 200, body }));
      return answer(200, { compositeResponse });
    };
    const scene = createScene({ config, playSingles: false, respond });
    const reads = Array.from({ length: 12 }, (_, index) => ({
      ...update(`Ext__c/${index}`),
      action: 'GET',
    }));
    expect(await scene.run(records(reads))).toEqual([]);
    expect(scene.deadLetters).toEqual([]);
    expect(scene.replies().filter(({ category }) => category === 'success')).toHaveLength(12);
  });
});

describe('a message', () => {
  it('is deleted when its call has ended, unless it is among the last: Lambda deletes those', async () => {
    const scene = createScene({ config });
    await scene.run(queries(10));
    expect(scene.deleted).toEqual([]);
    await scene.run(queries(25));
    expect(scene.deleted).toHaveLength(20);
  });

  it('that is deleted early is never reported as failed, and one that stays always is', async () => {
    const respond = ({ path }: Call) => (path.includes('locked') ? locked : created);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('fine', 'locked'), { maxLength: 50, size: 'max' }),
        async (all) => {
          const scene = createScene({ respond, config });
          const failed = await scene.run(
            records(all.map((name, index) => query(`${name}${index}`))),
          );
          const isLocked = (id: string): boolean => all[Number(id.slice(1))] === 'locked';
          expect(failed.every(isLocked)).toBe(true);
          expect(failed).toHaveLength(all.filter((name) => name === 'locked').length);
          expect(scene.deleted.some(isLocked)).toBe(false);
          expect(scene.delays.map(({ id }) => id).toSorted()).toEqual(failed.toSorted());
        },
      ),
      { numRuns: 10 },
    );
  });

  it('is settled although the replies of another call cannot be published', async () => {
    const error = new PublishError('refused');
    let calls = 0;
    const publish =
      (bus: Publish): Publish =>
      async (entries, remainingMs) => {
        calls += 1;
        if (calls === 1) return entries.map(() => ({ outcome: 'failed', error }));
        return bus(entries, remainingMs);
      };
    const scene = createScene({ publish, config });
    expect(await scene.run(queries(30))).toEqual([]);
    expect(scene.entries).toHaveLength(20);
    expect(scene.counted.filter((one) => one === 'PublishFailed')).toHaveLength(10);
  });
});

/** How often each request was made, by its name. */
const madeIn = (calls: readonly Call[]): Map<string, number> => {
  const names = calls.flatMap(({ body, path }) => `${path}${body ?? ''}`.match(/name\d+/g) ?? []);
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
};

describe('a process that dies while it settles a call', () => {
  const requestOf = { create, update: (name: string) => update(`Ext__c/${name}`, name), query };
  const kinds = fc.constantFrom('create', 'update', 'query');

  /** A process that hangs for ever from the given publication on, before or after the bus has it. */
  function mortal(
    dynamo: ReturnType<typeof memoryDynamo>,
    lastPublication: number,
    isLate: boolean,
  ) {
    const { promise: death, resolve: die } = Promise.withResolvers<void>();
    const forever = new Promise<never>(() => undefined);
    let isDead = false;
    let publications = 0;
    const publish =
      (bus: Publish): Publish =>
      async (entries, remainingMs) => {
        publications += 1;
        if (publications < lastPublication) return bus(entries, remainingMs);
        if (!isDead && isLate) await bus(entries, remainingMs);
        isDead = true;
        die();
        return forever;
      };
    const respond = () => (isDead ? forever : created);
    return { death, scene: createScene({ dynamo, publish, respond, config }) };
  }

  it('leaves the settled ones settled, makes no create twice, and loses none', async () => {
    const batches = fc.array(kinds, { minLength: 1, maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(
        batches,
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        async (batch, nth, isLate) => {
          const dynamo = memoryDynamo();
          const { death, scene: first } = mortal(dynamo, nth, isLate);
          const messages = records(batch.map((kind, index) => requestOf[kind](`name${index}`)));
          const ended = first
            .run(messages)
            .then((failed) => messages.filter(({ messageId }) => failed.includes(messageId)));
          await Promise.race([death, ended]);
          await tick();
          const deleted = new Set(first.deleted);
          const settled = batch.flatMap((_, index) =>
            deleted.has(`m${index}`) ? [`name${index}`] : [],
          );
          const again = messages.filter(({ messageId }) => !deleted.has(messageId));
          const second = createScene({ dynamo, config });
          second.clock.now += 3_600_000;
          expect(await second.run(again)).toEqual([]);
          const made = madeIn(second.calls);
          expect(settled.filter((name) => made.has(name))).toEqual([]);
          const all = madeIn([...first.calls, ...second.calls]);
          const isCreate = (name: string): boolean => batch[Number(name.slice(4))] === 'create';
          expect([...all].filter(([name, count]) => isCreate(name) && count > 1)).toEqual([]);
          const replied = [...first.replies(), ...second.replies()].map(
            ({ processedid }) => processedid,
          );
          expect(new Set(replied)).toEqual(new Set(messages.map(({ messageId }) => messageId)));
        },
      ),
      { numRuns: 15 },
    );
  });
});
