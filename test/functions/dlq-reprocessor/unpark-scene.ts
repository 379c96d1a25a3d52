import { expect } from 'vitest';
import type { Faults } from './faults.ts';
import { createScene, DESTINATION_ARN, messageOf } from './harness.ts';

export const effect = { effectId: 'effect-1', payloadHash: 'hash-1' };
export const create = '{"action":"POST","resource":"sobjects","object":"Case","payload":{"n":1}}';
export const failure = (name: string, correlation: object = {}) => ({
  Failure: JSON.stringify({
    class: name,
    errorCode: 'E',
    correlation: { messageId: 'first', ...correlation },
  }),
});
export const ruleAttributes = (target = DESTINATION_ARN) => ({
  RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule',
  TARGET_ARN: target,
  ERROR_CODE: 'INVALID_JSON',
});
export const event = '{"id":"e1","source":"shop","detail-type":"Order","detail":{"n":1.0}}';

/** A scene with one parked message of each kind. */
export async function parkedScene(faults?: Faults, correlation: object = effect) {
  const wrong = messageOf(create, {
    ...failure('permanent-data'),
    Trace: 'kept',
    Redrive: '{"count":3,"messageId":"first"}',
  });
  const unclear = messageOf(create, failure('outcome-unknown', correlation));
  const undelivered = messageOf(event, ruleAttributes());
  const strange = messageOf('?');
  const scene = createScene({
    messages: { apicall: [wrong, unclear, strange], rule: [undelivered] },
    redriveRules: ['stack-rule-redrive'],
    ...(faults && { faults }),
  });
  await scene.invoke({ action: 'park' });
  expect([...scene.queues.apicall.ids(), ...scene.queues.rule.ids()]).toEqual([]);
  expect(scene.stored.size).toBe(4);
  return { ...scene, wrong, unclear, undelivered, strange };
}

export type Scene = Awaited<ReturnType<typeof parkedScene>>;

export const isParked = (scene: Scene, { messageId }: { messageId: string }): boolean =>
  [...scene.stored.keys()].some((key) => key.endsWith(`/${messageId}.json`));
