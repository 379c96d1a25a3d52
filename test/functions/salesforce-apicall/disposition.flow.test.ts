import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../functions/salesforce-apicall/errors.ts';
import { sqsRecord } from './harness.ts';
import {
  answer,
  busy,
  create,
  created,
  createScene,
  hourly,
  invalid,
  locked,
  SECRET_TEXT,
} from './scene.ts';

describe('a message', () => {
  it('that may succeed later is retried with back-off and gets no reply', async () => {
    const { delays, deadLetters, replies, run } = createScene({ respond: () => locked });
    expect(await run([sqsRecord(create())])).toEqual(['message-1']);
    expect(delays).toEqual([{ id: 'message-1', delaySeconds: 1 }]);
    expect([deadLetters, replies()]).toEqual([[], []]);
  });

  it('is retried no earlier than Retry-After', async () => {
    const { delays, run } = createScene({
      respond: () => answer(503, '', { 'retry-after': '90' }),
    });
    await run([sqsRecord(create())]);
    expect(delays).toMatchObject([{ id: 'message-1' }]);
    expect(delays[0]?.delaySeconds).toBeGreaterThanOrEqual(90);
    expect(delays[0]?.delaySeconds).toBeLessThanOrEqual(99);
  });

  it('is dead-lettered with an error reply after its last attempt', async () => {
    const { counted, deadLetters, replies, run } = createScene({ respond: () => locked });
    for (const receiveCount of [1, 5]) await run([sqsRecord(create(), { receiveCount })]);
    expect(deadLetters).toEqual([]);
    expect(await run([sqsRecord(create(), { receiveCount: 6 })])).toEqual([]);
    expect(deadLetters).toMatchObject([{ failure: { attempts: 3, class: 'retry-soon' } }]);
    expect(replies()).toMatchObject([
      {
        category: 'error',
        data: {
          code: 'adapter-process',
          details: {
            status: 400,
            errorCode: 'UNABLE_TO_LOCK_ROW',
            retryable: true,
            errors: [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: SECRET_TEXT }],
          },
        },
      },
    ]);
    expect(counted).toContain('ApiCallDeadLettered retry-soon');
  });

  it('that cannot succeed is dead-lettered after one attempt', async () => {
    const { delays, deadLetters, replies, run } = createScene({ respond: () => invalid });
    expect(await run([sqsRecord(create())])).toEqual([]);
    expect(delays).toEqual([]);
    expect(deadLetters).toMatchObject([
      {
        failure: {
          class: 'permanent-data',
          errorCode: 'STRING_TOO_LONG',
          attempts: 1,
          correlation: { processedid: 'message-1', replyid: replies()[0].id },
        },
      },
    ]);
  });

  it('at an hourly limit is dead-lettered with a notBefore after its last attempt', async () => {
    const { deadLetters, run } = createScene({ respond: () => hourly });
    for (let attempt = 1; attempt <= 3; attempt += 1) await run([sqsRecord(create())]);
    expect(deadLetters).toMatchObject([{ failure: { class: 'retry-later', attempts: 3 } }]);
    const [{ failure: { notBefore = '' } = {} } = {}] = deadLetters;
    expect(new Date(notBefore).getTime()).toBeGreaterThan(Date.now());
  });

  it('whose outcome is unknown is dead-lettered with the ids of its idempotency record', async () => {
    const respond = (): never => {
      throw new TransportError('ECONNRESET', true);
    };
    const { items, deadLetters, run } = createScene({ respond });
    await run([sqsRecord(create())]);
    const [{ failure: { correlation = {} } = {} } = {}] = deadLetters;
    const record = items.get(correlation['effectId'] ?? '');
    expect(record?.['payloadHash']?.S).toBe(correlation['payloadHash']);
  });

  it('stays in the queue without a reply when the dead-letter queue is not available', async () => {
    const { replies, run } = createScene({ respond: () => invalid, isDlqAvailable: false });
    expect(await run([sqsRecord(create())])).toEqual(['message-1']);
    expect(replies()).toEqual([]);
  });

  it('that is delivered twice is answered twice by one call', async () => {
    const { calls, replies, run } = createScene();
    await run([sqsRecord(create())]);
    await run([sqsRecord(create(), { receiveCount: 2 })]);
    expect(calls).toHaveLength(1);
    const [first, second] = replies();
    expect(second).toMatchObject({ category: 'success', data: first.data });
    expect(second.id).not.toBe(first.id);
  });

  describe('that deletes a missing record', () => {
    const deletion = { action: 'DELETE', resource: 'sobjects', object: 'Contact', record: '003' };
    const gone = (errorCode: string, message: string) => ({
      respond: () => answer(404, [{ errorCode, message }]),
    });
    const redriven = {
      messageAttributes: { Redrive: { dataType: 'String', stringValue: '{"count":1}' } },
    };

    it.each([
      ['ENTITY_IS_DELETED', { receiveCount: 2 }],
      ['NOT_FOUND', redriven],
    ])('is done if it may have been done before (%s)', async (errorCode, delivery) => {
      const { deadLetters, replies, run } = createScene(gone(errorCode, 'entity is deleted'));
      expect(await run([sqsRecord(deletion, delivery)])).toEqual([]);
      expect(replies()).toMatchObject([{ category: 'success', data: {} }]);
      expect(deadLetters).toEqual([]);
    });

    it.each([
      ['for the first time', 'ENTITY_IS_DELETED', 'entity is deleted', {}],
      [
        'by a field that is none',
        'NOT_FOUND',
        'Provided external ID field does not exist or is not accessible: Key__c',
        { receiveCount: 2 },
      ],
    ])('fails %s', async (_what, errorCode, message, delivery) => {
      const { deadLetters, run } = createScene(gone(errorCode, message));
      await run([sqsRecord(deletion, delivery)]);
      expect(deadLetters).toMatchObject([{ failure: { class: 'permanent-data', errorCode } }]);
    });
  });
});

describe('a message near its maximum receives', () => {
  const low = { ...create(), priority: 'low' };
  const day = 86_400_000;
  const sentAt = Date.now() - 13 * day;
  const nearMax = { messageId: 'first', receiveCount: 8, sentAt };
  const again = (attributes: object, messageId: string) =>
    sqsRecord(create(), {
      ...nearMax,
      messageId,
      messageAttributes: {
        Redrive: { dataType: 'String', stringValue: JSON.stringify(attributes) },
      },
    });

  it('is requeued as a new message while it only waits', async () => {
    const { delays, deadLetters, requeued, run } = createScene({ respond: () => busy });
    await run([sqsRecord(create('other'), { messageId: 'other' })]);
    expect(await run([sqsRecord(low, { ...nearMax, receiveCount: 7 })])).toEqual(['first']);
    expect(requeued).toEqual([]);
    expect(await run([sqsRecord(low, nearMax)])).toEqual([]);
    expect(requeued).toMatchObject([
      {
        redrive: {
          messageId: 'first',
          attemptsOf: 'first',
          firstAt: new Date(sentAt).toISOString(),
        },
      },
    ]);
    expect([delays.length, deadLetters]).toEqual([1, []]);
  });

  it('is left to the dead-letter queue after 14 days, requeues included', async () => {
    const { delays, requeued, run } = createScene({ respond: () => locked });
    const firstAt = new Date(Date.now() - 15 * day).toISOString();
    const waiting = again({ messageId: 'first', attemptsOf: 'first', firstAt }, 'second');
    expect(await run([waiting])).toEqual(['second']);
    expect([requeued, delays.map(({ id }) => id)]).toEqual([[], ['second']]);
  });

  it('keeps its effect and continues its attempts when requeued', async () => {
    const responses = [locked, locked, created];
    const { calls, deadLetters, replies, requeued, run } = createScene({
      respond: () => responses.shift() ?? invalid,
    });
    expect(await run([sqsRecord(create(), nearMax)])).toEqual([]);
    expect(await run([again(requeued[0]?.redrive ?? {}, 'second')])).toEqual([]);
    expect(requeued[1]?.redrive).toMatchObject({ messageId: 'first', attemptsOf: 'first' });
    // Both are there when SQS did not learn that the first was done.
    await run([again(requeued[1]?.redrive ?? {}, 'third'), sqsRecord(create(), nearMax)]);
    expect(calls).toHaveLength(3);
    expect(replies().map(({ category }) => category)).toEqual(['success', 'success']);
    expect(deadLetters).toEqual([]);
  });

  it('starts its attempts over after a redrive', async () => {
    const { deadLetters, run } = createScene({ respond: () => locked });
    for (const messageId of ['first', 'first']) await run([sqsRecord(create(), { messageId })]);
    await run([again({ count: 1, messageId: 'first' }, 'redriven')]);
    expect(deadLetters).toEqual([]);
    await run([sqsRecord(create(), { messageId: 'first' })]);
    expect(deadLetters).toMatchObject([{ failure: { attempts: 3 } }]);
  });
});
