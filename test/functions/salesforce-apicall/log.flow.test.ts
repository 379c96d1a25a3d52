import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../functions/salesforce-apicall/errors.ts';
import { sqsRecord } from './harness.ts';
import { answer, create, createScene, invalid, limited, locked, update } from './scene.ts';

const ID = '0035g00000ABCDEAAA';
const KEY = 'stack-github-issue/urn:webhook:github:delivery:72d3162e';
const digest = createHash('sha256').update(KEY).digest('hex').slice(0, 32);

type Scene = ReturnType<typeof createScene>;

const fieldsOf = ({ log }: Scene, name: string) =>
  log.lines.filter(([message]) => message === name).map(([, fields]) => fields);

const busEvent = (detail: object) => ({
  id: 'bus-event-1',
  source: 'com.example',
  'detail-type': 'io.triggermesh.salesforce.apicall',
  detail,
});

describe('the log line of a request', () => {
  it('has the ids of its message, key, delivery, record, call and reply', async () => {
    const scene = createScene({
      respond: () => answer(201, { id: ID, success: true, errors: [] }),
    });
    await scene.run([sqsRecord({ ...create(), idempotencyKey: KEY }, { messageId: 'm-1' })]);
    expect(fieldsOf(scene, 'api call succeeded')).toEqual([
      {
        messageId: 'm-1',
        queuedMs: expect.any(Number),
        keyDigest: digest,
        delivery: '72d3162e',
        recordId: ID,
        replyId: scene.replies()[0].id,
        action: 'POST',
        resource: 'sobjects',
        object: 'Contact',
        status: 201,
        durationMs: expect.any(Number),
        callId: expect.stringMatching(/^[0-9a-f]{8}$/),
        callRequests: 1,
      },
    ]);
  });

  it('has the id of the event on the bus, and the first message of a redriven one', async () => {
    const scene = createScene();
    const stringValue = JSON.stringify({ count: 1, messageId: 'first' });
    const Redrive = { stringValue, dataType: 'String' };
    await scene.run([sqsRecord(busEvent(create()), { messageAttributes: { Redrive } })]);
    const [line] = fieldsOf(scene, 'api call succeeded');
    expect(line).toMatchObject({
      eventId: 'bus-event-1',
      source: 'com.example',
      detailType: 'io.triggermesh.salesforce.apicall',
      messageId: 'message-1',
      firstMessageId: 'first',
    });
  });

  it.each([
    ['a CloudEvent that is a request', create()],
    ['one that is refused', { action: 'POST' }],
  ])('has both ids of %s in the detail of an event on the bus', async (_, data) => {
    const scene = createScene();
    const type = 'io.triggermesh.salesforce.apicall';
    const detail = { specversion: '1.0', id: 'own-1', source: 'com.example', type, data };
    await scene.run([sqsRecord(busEvent(detail))]);
    const lines = scene.log.lines.filter(([name]) => /^api call (succeeded|failed)$/.test(name));
    expect(lines.map(([, fields]) => fields)).toMatchObject([
      { eventId: 'own-1', busEventId: 'bus-event-1' },
    ]);
  });

  it('has the same call id as the requests that shared its API call', async () => {
    const scene = createScene();
    const records = ['1', '2', '3'].map((messageId) => sqsRecord(create(messageId), { messageId }));
    await scene.run(records);
    const lines = fieldsOf(scene, 'api call succeeded');
    expect(lines.map(({ callRequests }) => callRequests)).toEqual([3, 3, 3]);
    expect(new Set(lines.map(({ callId }) => callId)).size).toBe(1);
  });

  it('has no external id and no key, which are texts of the sender', async () => {
    const scene = createScene({ respond: () => answer(200, { id: 'jane@example.com' }) });
    const request = { ...update('Email__c/jane@example.com'), idempotencyKey: 'jane@example.com' };
    await scene.run([sqsRecord(request)]);
    expect(scene.replies()[0].processedid).toBe('jane@example.com');
    expect(scene.log.text()).not.toContain('jane');
  });

  it('says what happens to the message of a failed one', async () => {
    const scene = createScene({ respond: () => locked });
    await scene.run([sqsRecord(create())]);
    expect(fieldsOf(scene, 'api call failed')).toMatchObject([
      { class: 'retry-soon', disposition: 'retry', attempts: 1, delaySeconds: expect.any(Number) },
    ]);
  });

  it('names the reply only if there is one', async () => {
    const scene = createScene({ replyPolicy: 'error' });
    await scene.run([sqsRecord(create())]);
    expect(fieldsOf(scene, 'api call succeeded')[0]?.['replyId']).toBeUndefined();
  });

  it('is written also if the request has to wait', async () => {
    const scene = createScene({ respond: () => limited });
    await scene.run([sqsRecord(create(), { messageId: '1' })]);
    await scene.run([sqsRecord(create(), { messageId: '2' })]);
    expect(fieldsOf(scene, 'api call deferred')).toMatchObject([
      { messageId: '2', reason: 'wait', disposition: 'retry', delaySeconds: expect.any(Number) },
    ]);
  });

  it('is written for a body that is not a request, by its message id', async () => {
    const scene = createScene();
    await scene.run([sqsRecord('{')]);
    expect(fieldsOf(scene, 'api call failed')).toMatchObject([
      { messageId: 'message-1', class: 'permanent-data', disposition: 'dead-letter' },
    ]);
  });

  it('names the idempotency record of an unknown outcome', async () => {
    const respond = () => Promise.reject(new TransportError('ECONNRESET', true));
    const scene = createScene({ respond });
    await scene.run([sqsRecord(create())]);
    expect(fieldsOf(scene, 'message dead-lettered')).toMatchObject([
      { class: 'outcome-unknown', effectId: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });
});

describe('the log line of a batch', () => {
  const metricsOf = ({ log }: Scene) =>
    log.lines.flatMap(([message, { class: name }, ...metrics]) =>
      metrics.length > 0 ? [[message, name, ...metrics.map(({ values }) => values)]] : [],
    );

  it('counts all results: no request has metrics of its own', async () => {
    const scene = createScene();
    await scene.run(['1', '2'].map((messageId) => sqsRecord(create(messageId), { messageId })));
    expect(metricsOf(scene)).toEqual([['batch processed', undefined, { ApiCallSucceeded: 2 }]]);
  });

  it('is one more line for each further class of failure', async () => {
    const scene = createScene({
      respond: ({ body = '' }) => (body.includes('lock') ? locked : invalid),
    });
    const records = ['lock', 'bad', 'worse'].map((name, index) =>
      sqsRecord(update(`0035g00000ABCD${index}AAA`, name), { messageId: name }),
    );
    await scene.run(records);
    expect(metricsOf(scene)).toEqual([
      ['batch processed', 'retry-soon', {}, { ApiCallFailed: 1 }],
      ['requests failed', 'permanent-data', { ApiCallFailed: 2, ApiCallDeadLettered: 2 }],
    ]);
  });
});

it('an invocation writes one line, with its metrics', async () => {
  const scene = createScene();
  await scene.send(() => create());
  await expect(scene.send(() => 'no request')).resolves.toMatchObject({ category: 'error' });
  expect(scene.log.lines.map(([message, { requestId }]) => [message, requestId])).toEqual([
    ['api call succeeded', 'invocation-1'],
    ['api call failed', 'invocation-1'],
  ]);
  expect(scene.counted).toEqual(['ApiCallSucceeded', 'ApiCallFailed permanent-data']);
});
