import { describe, expect, it } from 'vitest';
import { failing } from './faults.ts';
import { createScene, messageOf } from './harness.ts';

const request = '{"action":"GET","resource":"limits"}';
const failed = (messageId: string, change: object = {}) =>
  JSON.stringify({
    class: 'retry-soon',
    errorCode: 'UNABLE_TO_LOCK_ROW',
    attempts: 5,
    correlation: { messageId },
    ...change,
  });

type Scene = ReturnType<typeof createScene>;

const fieldsOf = ({ log }: Scene, name: string) =>
  log.lines.filter(([message]) => message === name).map(([, fields]) => fields);

describe('the log line of a dead-letter message', () => {
  it('links the message that failed, the dead-letter message and the redriven one', async () => {
    const dead = messageOf(request, { Failure: failed('first'), Mapping: 'one' });
    const scene = createScene({ messages: { apicall: [dead] } });
    await scene.invoke();
    const [line] = fieldsOf(scene, 'dead-letter message processed');
    expect(line).toMatchObject({
      queue: 'apicall',
      messageId: dead.messageId,
      firstMessageId: 'first',
      mapping: 'one',
      class: 'retry-soon',
      errorCode: 'UNABLE_TO_LOCK_ROW',
      result: 'redrive',
      sentMessageId: expect.any(String),
    });
  });

  it('links a spilled event to the event that the bus now has', async () => {
    const entry = {
      EventBusName: 'bus',
      Source: 'github.com',
      DetailType: 'issues',
      Detail: '{}',
      Resources: [],
      Time: new Date().toISOString(),
    };
    const Failure = failed('', { class: 'publish-failed', errorCode: 'InternalFailure' });
    const spilled = messageOf(JSON.stringify(entry), { Failure });
    const scene = createScene({ messages: { spill: [spilled] } });
    await scene.invoke();
    expect(fieldsOf(scene, 'dead-letter message processed')).toMatchObject([
      {
        messageId: spilled.messageId,
        source: 'github.com',
        detailType: 'issues',
        sentEventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ]);
  });

  it('leaves out ids that are none', async () => {
    const event = JSON.stringify({ id: 'a\nb', 'detail-type': 'x', detail: {}, source: 's' });
    const scene = createScene({ messages: { apicall: [messageOf(event)] } });
    await scene.invoke();
    expect(fieldsOf(scene, 'dead-letter message processed')[0]?.['eventId']).toBeUndefined();
  });
});

describe('the log line of a page', () => {
  it('counts all results, and those parked for further reasons in lines of their own', async () => {
    const permanent = failed('', { class: 'permanent-data', errorCode: 'STRING_TOO_LONG' });
    const scene = createScene({
      messages: {
        apicall: [
          messageOf(request, { Failure: failed('a') }),
          messageOf('unknown shape'),
          messageOf(request, { Failure: permanent }),
          messageOf(request, { Failure: permanent }),
        ],
      },
    });
    await scene.invoke({ queue: 'apicall' });
    const counts = ['page processed', 'messages parked'].flatMap((name) => fieldsOf(scene, name));
    expect(counts).toHaveLength(2);
    const parked = scene.log.lines.flatMap(([, { reason }, ...metrics]) =>
      metrics.flatMap(({ values }) => (values.DlqParked ? [[reason, values.DlqParked]] : [])),
    );
    expect(parked.toSorted()).toEqual([
      ['PERMANENT', 2],
      ['UNKNOWN_ENVELOPE', 1],
    ]);
    expect(scene.log.counted.filter((one) => one === 'DlqActionRequired')).toHaveLength(2);
    expect(scene.log.counted).toContain('DlqRedriven');
  });

  it('counts the age of the oldest message once per queue', async () => {
    const sentAt = new Date(Date.now() - 3_600_000);
    const dead = messageOf('unknown shape', {}, { sentAt });
    const scene = createScene({ messages: { rule: [dead] } });
    await scene.invoke();
    const ages = scene.log.lines.flatMap(([message, { queue }, ...metrics]) =>
      metrics.flatMap(({ values: { OldestLetterSeconds: age }, dimensions }) =>
        age === undefined ? [] : [[message, queue, age, dimensions]],
      ),
    );
    expect(ages).toEqual([['queue reprocessed', 'rule', 3_600, [['queue']]]]);
  });

  it.each([
    [13 * 24 * 3_600 + 3_600, false],
    [13 * 24 * 3_600 + 3_660, true],
  ])(
    'counts a queue whose oldest message has %d seconds as one that needs action: %s',
    async (age, needs) => {
      const sentAt = new Date(Date.now() - age * 1_000);
      const dead = messageOf(request, { Failure: failed('a') }, { sentAt });
      const scene = createScene({ messages: { apicall: [dead] }, faults: failing('store') });
      await scene.invoke({ queue: 'apicall' });
      expect(scene.log.counted.includes('DlqActionRequired')).toBe(needs);
      expect(scene.log.counted).toContain('DeliveryFailed');
    },
  );
});
