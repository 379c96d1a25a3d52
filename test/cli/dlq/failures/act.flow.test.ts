import { describe, expect, it } from 'vitest';
import { type ActionName, actOnFailures } from '../../../../cli/dlq/failures/act.ts';
import type { FailureAction } from '../../../../cli/dlq/failures/failure.ts';
import { UsageError } from '../../../../cli/errors.ts';
import { createScene } from '../../../functions/dlq-reprocessor/harness.ts';
import { failed, type Scene } from './harness.ts';

describe('an action', () => {
  const act = (scene: Scene, name: ActionName, action: FailureAction, by?: string) =>
    actOnFailures(name, action, (command) => scene.invoke(command), by);

  it('redrives messages by id, and says which were not found', async () => {
    const [one, other] = [failed('retry-soon'), failed('retry-soon')];
    const scene = createScene({ messages: { apicall: [one, other] } });
    const ids = [one.messageId, 'gone'];
    const result = await act(scene, 'redrive', { place: 'ApiCallDlq', ids });
    expect(result.results).toEqual({ redriven: 1, 'not found': 1 });
    expect(result.summary).toMatch(/^1 message redriven, 1 message not found\./);
    expect(scene.queues.apicall.ids()).toEqual([other.messageId]);
  });

  it('drops a parked message with its reason and who did it', async () => {
    const one = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [one] } });
    await scene.invoke();
    const action = { place: 'parked', ids: [one.messageId], reason: 'a duplicate' } as const;
    const result = await act(scene, 'drop', action, 'arn:of:somebody');
    expect(result.results).toEqual({ dropped: 1 });
    const [[key, text] = ['', '{}']] = scene.stored;
    expect(key).toMatch(/^dropped\//);
    expect(JSON.parse(text)).toMatchObject({
      dropReason: 'a duplicate',
      droppedBy: 'arn:of:somebody',
    });
  });

  it('unparks an unknown outcome with the answer, and refuses it without, with the reason', async () => {
    const one = failed('outcome-unknown');
    const scene = createScene({ messages: { apicall: [one] } });
    await scene.invoke();
    const action = { place: 'parked', ids: [one.messageId] } as const;
    const refused = await act(scene, 'unpark', action);
    expect(refused.results).toEqual({ refused: 1 });
    expect(refused.summary).toContain('--applied or --not-applied');
    const done = await act(scene, 'unpark', { ...action, outcome: 'notApplied' });
    expect(done.results).toEqual({ unparked: 1 });
  });

  it('in a dry run changes nothing', async () => {
    const one = failed('retry-soon');
    const scene = createScene({ messages: { apicall: [one] } });
    const action = { place: 'ApiCallDlq', ids: [one.messageId], dryRun: true } as const;
    const { summary } = await act(scene, 'park', action);
    expect(summary).toBe('Would be: 1 message parked.');
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 1, hidden: 0 });
  });

  it.each([
    ['unpark', 'ApiCallDlq'],
    ['redrive', 'parked'],
    ['drop', 'parked'],
  ] as const)('that cannot be done is rejected: %s of %s', async (name, place) => {
    const scene = createScene();
    const action = { place, ids: ['a'] };
    await expect(act(scene, name, action)).rejects.toThrow(UsageError);
  });
});
