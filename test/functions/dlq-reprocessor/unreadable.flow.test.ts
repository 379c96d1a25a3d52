import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { reportSchema } from '../../../functions/dlq-reprocessor/report.ts';
import { createScene, DESTINATION_ARN, messageOf, QUEUE_ARN } from './harness.ts';

const request = (mark: number) => `{"action":"GET","resource":"limits","mark":${mark}}`;
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const ruleArn = 'arn:aws:events:us-east-1:000000000000:rule/';
const ofRule = { RULE_ARN: `${ruleArn}bus/stack-rule`, TARGET_ARN: DESTINATION_ARN };
const failed = (more: object = {}) => ({
  Failure: JSON.stringify({ class: 'retry-later', errorCode: 'E', ...more }),
});

/** The five good messages beside a bad one, in a queue of each kind. */
const good = () => Array.from({ length: 5 }, (_, mark) => messageOf(request(mark)));

const FAR = '+275760-09-13T00:00:00Z';

describe('a message that cannot be read does not stop the run', () => {
  it.each<[string, DeadLetterMessage]>([
    ['a body nested 12,000 levels', messageOf(nested(12_000))],
    ['an event nested 12,000 levels', messageOf(nested(12_000), ofRule)],
    [
      'an envelope nested 12,000 levels',
      messageOf(nested(12_000), { ...ofRule, RULE_ARN: `${ruleArn}redrive/r-redrive` }),
    ],
    ['a request nested 12,000 levels', messageOf(nested(12_000), failed())],
    ['a failure nested 12,000 levels', messageOf('{}', { Failure: nested(12_000) })],
    ['a history nested 12,000 levels', messageOf('{}', { Redrive: nested(12_000) })],
    ['a million brackets', messageOf('['.repeat(1_000_000))],
    ['the last date of all as notBefore', messageOf(request(9), failed({ notBefore: FAR }))],
    [
      'the last date of all as last redrive',
      messageOf(request(9), { Redrive: `{"count":1,"lastAt":"${FAR}"}` }),
    ],
    ['no time of sending', messageOf(request(9), {}, { sentAt: new Date(Number.NaN) })],
    [
      'numbers where texts belong',
      messageOf('{"id":1,"source":{},"detail-type":[],"action":"GET"}', {
        Failure: '{"class":1,"errorCode":{},"message":[],"correlation":"x"}',
      }),
    ],
  ])('%s', async (_what, bad) => {
    const scene = createScene({ messages: { apicall: [bad, ...good()] } });
    const preview = await scene.invoke({ action: 'preview' });
    expect(preview.queues?.apicall?.letters).toHaveLength(6);
    const { queues } = await scene.invoke();
    expect(scene.sent.filter(({ body }) => body.includes('mark'))).toHaveLength(
      bad.body.includes('mark') ? scene.sent.length : 5,
    );
    expect(scene.sent.length).toBeGreaterThanOrEqual(5);
    expect(queues?.apicall?.received).toBe(6);
    expect(queues?.apicall?.results).toMatchObject({ failed: 0, waiting: 0 });
  });

  it('and says what is wrong with it', async () => {
    const scene = createScene({ messages: { rule: [messageOf(nested(101), ofRule)] } });
    await scene.invoke();
    expect(JSON.parse([...scene.stored.values()][0] ?? '')).toMatchObject({
      reason: 'UNKNOWN_ENVELOPE',
      why: 'its body is not a JSON object, or is nested deeper than 100 levels',
      body: nested(101),
    });
  });

  it('nor does an object in the park bucket that has no date', async () => {
    const scene = createScene({ messages: { apicall: [messageOf(request(1))] } });
    await scene.invoke({ action: 'park' });
    const [[key, text] = ['', '']] = scene.stored;
    for (const field of ['sentAt', 'parkedAt']) {
      const object = JSON.stringify({ ...JSON.parse(text), [field]: 'yesterday' });
      scene.stored.set(key.replace('.json', `-${field}.json`), object);
    }
    const { parked } = await scene.invoke({ action: 'unpark', filter: { key: 'parked/' } });
    expect(parked).toMatchObject({ results: { redriven: 1, refused: 2 } });
  });

  it('nor does one whose names are as long as a message fill the report', async () => {
    const long = 'ä'.repeat(300_000);
    const body = JSON.stringify({ action: 'GET', resource: 'x', object: long });
    const Failure = JSON.stringify({ class: 'retry-soon', errorCode: long, message: long });
    const messages = Array.from({ length: 20 }, () => messageOf(body, { Failure }));
    const report = await createScene({ messages: { apicall: messages } }).invoke({
      action: 'preview',
    });
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(200_000);
  });
});

const key = fc.oneof(
  fc.constantFrom(
    ...['id', 'source', 'detail-type', 'detail', 'resources', 'event', 'attempt', 'rule', 'action'],
    ...['resource', 'object', 'specversion', 'type', 'data', 'requestContext', 'requestPayload'],
    ...['condition', 'EventBusName', 'Source', 'DetailType', 'Detail', 'Resources', 'Time'],
    ...[
      'class',
      'errorCode',
      'notBefore',
      'correlation',
      'count',
      'lastAt',
      'attributes',
      '__proto__',
    ],
  ),
  fc.string(),
);

const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...['salesforce-eventbridge.redrive', 'aws.events', 'Encrypted Events', 'publish-failed'],
    ...[
      'retry-soon',
      'retry-later',
      'outcome-unknown',
      FAR,
      '2026-11-27T12:00:00Z',
      '{}',
      nested(200),
    ],
    ...[null, 1e308, -1, 0.5, '', [], {}, [null], [[]], true],
  ),
  fc.string(),
  fc.double(),
);

/** JSON of the words that this function looks for, with any values. */
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    value,
    fc.dictionary(key, tie('tree')),
    fc.array(tie('tree')),
  ),
}));

const text = fc.oneof(
  { weight: 6, arbitrary: tree.map((one) => JSON.stringify(one) ?? '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.integer({ min: 90, max: 20_000 }).map(nested) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ofRule.RULE_ARN,
      `${ruleArn}redrive/stack-rule-redrive`,
      QUEUE_ARN,
      '5',
    ),
  },
);

const attribute = fc.oneof(
  { weight: 5, arbitrary: text.map((StringValue) => ({ DataType: 'String', StringValue })) },
  { weight: 1, arbitrary: text.map((StringValue) => ({ DataType: 'Number', StringValue })) },
  {
    weight: 1,
    arbitrary: fc.uint8Array().map((BinaryValue) => ({ DataType: 'Binary', BinaryValue })),
  },
  { weight: 1, arbitrary: fc.constantFrom({ DataType: 'String' }, { DataType: undefined }) },
);

const names = fc.constantFrom(
  ...[
    'Failure',
    'Redrive',
    'RULE_ARN',
    'TARGET_ARN',
    'ERROR_CODE',
    'ERROR_MESSAGE',
    'RETRY_ATTEMPTS',
  ],
  ...['EXHAUSTED_RETRY_CONDITION', '__proto__', 'constructor', 'x'],
);

const arbitraryMessage = fc.record({
  body: text,
  attributes: fc.dictionary(names, attribute, { maxKeys: 10 }),
  sentAt: fc.oneof(fc.date({ noInvalidDate: false }), fc.constant(new Date())),
});

describe('whatever a message contains', () => {
  it.each([
    ['a run', {}],
    ['a preview', { action: 'preview' }],
    ['a forced run', { force: true, filter: { object: 'x' } }],
    ['a run with a filter', { filter: { path: { '$.detail.event.id': 1 }, reason: 'retry-soon' } }],
    ['parking', { action: 'park' }],
  ])(
    '%s reports it, and moves or leaves it',
    async (_what, command) => {
      const run = fc.asyncProperty(
        fc.array(arbitraryMessage, { minLength: 1, maxLength: 8 }),
        async (given) => {
          const bad = given.map(({ body, ...change }) => messageOf(body, {}, change));
          const scene = createScene({
            messages: {
              apicall: [...bad, ...good()],
              rule: bad.map((one) => ({ ...one, messageId: `r-${one.messageId}` })),
            },
            redriveRules: ['stack-rule-redrive'],
          });
          const report = reportSchema.parse(await scene.invoke(command));
          expect(report.queues?.apicall?.received).toBe(bad.length + 5);
          expect(report.queues?.rule?.received).toBe(bad.length);
          const where = scene.sent.length + scene.put.length + scene.stored.size;
          const left = scene.queues.apicall.ids().length + scene.queues.rule.ids().length;
          expect(where + left).toBe(2 * bad.length + 5);
          if (Object.keys(command).length === 0)
            expect(scene.sent.filter(({ body }) => body.includes('"mark"'))).toHaveLength(5);
        },
      );
      await fc.assert(run, { numRuns: 60 });
    },
    60_000,
  );

  it('what is parked of it is what was there, and can be unparked or is refused', async () => {
    const run = fc.asyncProperty(fc.array(arbitraryMessage, { maxLength: 8 }), async (given) => {
      const bad = given.map(({ body, ...change }) => messageOf(body, {}, change));
      const scene = createScene({
        messages: { apicall: bad },
        redriveRules: ['stack-rule-redrive'],
      });
      await scene.invoke({ action: 'park' });
      const bodies = [...scene.stored.values()].map((object) => JSON.parse(object).body);
      expect(bodies.sort()).toEqual(bad.map(({ body }) => body).sort());
      const everything = { action: 'unpark', filter: { key: 'parked/' }, notApplied: true };
      const { parked } = reportSchema.parse(await scene.invoke(everything));
      expect(Object(parked).received).toBe(bad.length);
    });
    await fc.assert(run, { numRuns: 40 });
  }, 60_000);
});
