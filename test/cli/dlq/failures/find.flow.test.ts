import { describe, expect, it } from 'vitest';
import { findFailure } from '../../../../cli/dlq/failures/find.ts';
import { createScene, messageOf } from '../../../functions/dlq-reprocessor/harness.ts';
import { create, failed, readerOf, undelivered } from './harness.ts';

describe('a message', () => {
  it('is found in its queue with its content, and given back', async () => {
    const wanted = undelivered();
    const scene = createScene({
      messages: { rule: [undelivered(), wanted] },
      redriveRules: ['stack-rule-redrive'],
    });
    const found = await findFailure(wanted.messageId, readerOf(scene));
    expect(found).toMatchObject({
      kind: 'found',
      detail: {
        place: 'RuleDlq',
        body: wanted.body,
        decision: 'redrive',
        attributes: { ERROR_CODE: 'TIMEOUT' },
        advice: expect.stringMatching(/unreachable, or takes longer than 5 seconds/),
      },
    });
    expect(scene.queues.rule.counts()).toMatchObject({ visible: 2, hidden: 0 });
  });

  it('is found in the park bucket by its id and by its key', async () => {
    const wanted = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [wanted] } });
    await scene.invoke();
    const [key = ''] = scene.stored.keys();
    for (const idOrKey of [wanted.messageId, key]) {
      const found = await findFailure(idOrKey, readerOf(scene));
      expect(found).toMatchObject({
        detail: { key, body: create, message: 'quoted value', attributes: { Trace: 'kept' } },
      });
    }
  });

  it('is found after it was dropped', async () => {
    const wanted = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [wanted] } });
    await scene.invoke({ action: 'drop', filter: { object: 'Case' }, dropReason: 'a test' });
    const found = await findFailure(wanted.messageId, readerOf(scene));
    expect(found).toMatchObject({
      detail: { key: expect.stringMatching(/^dropped\//), body: create },
      evaluated: { message: { parked: { dropped: { reason: 'a test' } } } },
    });
  });

  it('that is not found comes with what was read, and what is hidden', async () => {
    const waiting = messageOf(create, {
      Failure: JSON.stringify({
        class: 'retry-later',
        errorCode: 'E',
        notBefore: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    });
    const scene = createScene({
      messages: { apicall: [waiting], rule: [undelivered()] },
      redriveRules: ['stack-rule-redrive'],
    });
    await scene.invoke({ queue: 'apicall' });
    const result = await findFailure(waiting.messageId, readerOf(scene));
    expect(result).toEqual({
      kind: 'not found',
      queues: [
        { queue: 'ApiCallDlq', read: 0, hidden: 1, isEnd: true },
        { queue: 'RuleDlq', read: 1, hidden: 0, isEnd: true },
        { queue: 'SpillQueue', read: 0, hidden: 0, isEnd: true },
      ],
      objects: 0,
    });
  });
});
