import { describe, expect, it } from 'vitest';
import { hopsOf } from '../../../cli/events/hops/hops.ts';
import { names } from '../../../cli/events/links.ts';
import { line } from './lines.ts';

describe('the words of a hop', () => {
  it('of a request name what was asked, and with how many others', () => {
    const call = { action: 'POST', object: 'Case', recordId: '5', status: 201, callRequests: 20 };
    expect(hopsOf([line('api call succeeded', { messageId: 'm', ...call })])[0]?.text).toBe(
      'POST Case 5 succeeded (HTTP 201, one API call with 19 other requests)',
    );
  });

  it('of a mapping name it, what it did, and where it failed or waits', () => {
    const mapped = {
      messageId: 'm',
      mapping: 'one',
      steps: 'upsert Account 1, create Case failed',
    };
    const failure = {
      class: 'permanent-data',
      errorCode: 'X',
      step: 'create-Case',
      place: 'fields',
    };
    const dead = { ...failure, disposition: 'dead-letter', status: 400 };
    const wait = { ...mapped, steps: 'upsert Account 1', reason: 'wait', delaySeconds: 9 };
    const lines = [
      line('api call failed', { ...mapped, ...dead }),
      line('api call deferred', wait, 1),
    ];
    expect(hopsOf(lines).map(({ text }) => text)).toEqual([
      'Mapping one failed: X (class permanent-data) in step create-Case at fields (upsert Account 1, create Case failed) (HTTP 400); no further attempt',
      expect.stringMatching(/^Mapping one waits: .* \(upsert Account 1\); next attempt in 9 s$/),
    ]);
  });

  it('of an event that no mapping matches say so', () => {
    const [hop] = hopsOf([line('event not mapped', { messageId: 'm', reason: 'unmapped' })]);
    expect(hop?.text).toMatch(/^Ignored: no mapping that is switched on \(parameter Mappings\)/);
  });

  it('of a mapping is found by each of its records', () => {
    const told = line('api call succeeded', { steps: 'upsert Account 1 (created), create Case 2' });
    expect(['1', '2', '3'].map((id) => names(told, new Set([id])))).toEqual([true, true, false]);
  });

  it('of a message tell once how long it waited, and of a redriven one anew', () => {
    const waited = { firstMessageId: 'm', queuedMs: 1_234, status: 201 };
    const lines = [
      line('api call failed', { ...waited, messageId: 'm', class: 'lock', errorCode: 'X' }),
      line('api call failed', { ...waited, messageId: 'm', class: 'lock', errorCode: 'X' }, 1),
      line('api call succeeded', { ...waited, messageId: 'redriven' }, 2),
    ];
    const kinds = hopsOf(lines).map(({ kind }) => kind);
    expect(kinds).toEqual(['queued', 'failed', 'failed', 'queued', 'called']);
  });
});
