import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../local/demo/salesforce.ts';
import { sqsRecord } from './harness.ts';
import { useSimulatedOrg } from './simulated-scene.ts';

const { createScene, org } = useSimulatedOrg();

const POISON = 'poison';
const COUNT = 30;
const strong = { eventIdFields: new Map([['case', 'EventId__c']]) };

const requests = Array.from({ length: COUNT }, (_, index) => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Case',
  idempotencyKey: `k-${index}`,
  payload: { Subject: index === 7 ? POISON : `order ${index}` },
}));

/** Delivers messages, minutes apart, until none is left in the queue. */
async function drain(scene: ReturnType<typeof createScene>): Promise<void> {
  let waiting: SQSRecord[] = requests.map((body, index) =>
    sqsRecord(body, { messageId: `m${index}`, sentAt: Date.now() }),
  );
  for (let round = 1; waiting.length > 0; round += 1) {
    if (round > 15) throw new Error(`${waiting.length} messages are never settled`);
    const before = scene.requeued.length;
    const left = new Set(await scene.run(waiting));
    const again = scene.requeued.slice(before).map(({ body, redrive }, index) =>
      sqsRecord(body, {
        messageId: `r${round}-${index}`,
        sentAt: Date.now(),
        messageAttributes: {
          Redrive: { dataType: 'String', stringValue: JSON.stringify(redrive) },
        },
      }),
    );
    waiting = [...waiting.filter(({ messageId }) => left.has(messageId)), ...again];
    scene.clock.now += 600_000;
  }
}

const always = { times: 10_000, after: 'before' } as const;

/** Each makes every call fail as a whole that the poisonous record is in. */
const faults: readonly [string, Partial<Fault>][] = [
  ['a 500 with an error code', { status: 500, errorCode: 'UNKNOWN_EXCEPTION' }],
  ['an INTERNAL_ERROR', { status: 500, errorCode: 'INTERNAL_ERROR' }],
  ['a 503', { status: 503, errorCode: 'SERVER_UNAVAILABLE' }],
  ['refused rights', { status: 403, errorCode: 'INSUFFICIENT_ACCESS' }],
  ['a code that nobody knows', { status: 400, errorCode: 'NEVER_SEEN_BEFORE' }],
  ['a status that nobody knows', { status: 418, errorCode: 'TEAPOT' }],
];

/** After these, a create may have taken effect. */
const lost: readonly [string, Partial<Fault>][] = [
  ['a reset', { reset: true }],
  ['a 502 page', { status: 502, html: true }],
  ['a 504 page', { status: 504, html: true }],
];

const fail = (fault: Partial<Fault>) =>
  org().addFault({ match: { method: 'POST', body: POISON }, ...always, ...fault });

const stored = async () => (await org().records('Case')).map(({ Subject }) => Subject);

describe('of 30 creates, one that makes every call fail that it is in', () => {
  it.each([...faults, ...lost])(
    'with %s is dead-lettered alone, with event ids',
    async (_how, fault) => {
      const scene = createScene(strong);
      await fail(fault);
      await drain(scene);
      expect(scene.deadLetters.map(({ body }) => JSON.parse(body).payload.Subject)).toEqual([
        POISON,
      ]);
      expect(new Set(await stored()).size).toBe(COUNT - 1);
      expect(await stored()).toHaveLength(COUNT - 1);
    },
  );

  it.each(faults)('with %s is dead-lettered alone, without event ids', async (_how, fault) => {
    const scene = createScene();
    await fail(fault);
    await drain(scene);
    expect(scene.deadLetters.map(({ body }) => JSON.parse(body).payload.Subject)).toEqual([POISON]);
    expect(await stored()).toHaveLength(COUNT - 1);
  });

  it.each(lost)(
    'with %s leaves outcomes unknown without event ids, and makes none twice',
    async (_how, fault) => {
      const scene = createScene();
      await fail(fault);
      await drain(scene);
      expect(new Set(scene.deadLetters.map(({ failure }) => Object(failure).class))).toEqual(
        new Set(['outcome-unknown']),
      );
      expect(new Set(await stored()).size).toBe((await stored()).length);
    },
  );
});
