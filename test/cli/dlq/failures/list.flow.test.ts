import { describe, expect, it, vi } from 'vitest';
import type { FailedMessage } from '../../../../cli/dlq/failures/failure.ts';
import { listFailures } from '../../../../cli/dlq/failures/list.ts';
import type { Reader } from '../../../../cli/dlq/failures/reader.ts';
import { createScene } from '../../../functions/dlq-reprocessor/harness.ts';
import { failed, readerOf } from './harness.ts';

async function allPages(place: FailedMessage['place'], reader: Reader) {
  const pages = [await listFailures(place, undefined, reader)];
  for (let cursor = pages[0]?.cursor; cursor !== undefined; cursor = pages.at(-1)?.cursor)
    pages.push(await listFailures(place, cursor, reader));
  return pages;
}

describe('the list of a queue', () => {
  it('says what a redrive would do with each message, and why it failed, and contains nothing of its body', async () => {
    const scene = createScene({ messages: { apicall: [failed('permanent-data')] } });
    const page = await listFailures('ApiCallDlq', undefined, readerOf(scene));
    expect(page.messages).toMatchObject([
      {
        place: 'ApiCallDlq',
        decision: 'park',
        reason: 'PERMANENT',
        object: 'Case',
        errorCode: 'E',
        failureClass: 'permanent-data',
        message: 'quoted value',
      },
    ]);
    expect(page).toMatchObject({ read: 1, total: 1, hidden: 0, byReason: { PERMANENT: 1 } });
    expect(JSON.stringify(page)).not.toMatch(/payload|kept/);
  });

  it('has every message once on pages of at most 100, and gives all back at once', async () => {
    const messages = Array.from({ length: 250 }, () => failed('retry-soon'));
    const scene = createScene({ messages: { apicall: messages } });
    const pages = await allPages('ApiCallDlq', readerOf(scene));
    const sizes = pages.map((page) => page.messages.length);
    expect(Math.max(...sizes)).toBe(100);
    const ids = pages.flatMap((page) => page.messages.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(messages.map(({ messageId }) => messageId).toSorted());
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 250, hidden: 0 });
  });

  it.each([
    [1, 1],
    [100, 100],
    [130, 100],
  ])('of %i messages does not wait for more while it hides them', async (count, shown) => {
    const messages = Array.from({ length: count }, () => failed('retry-soon'));
    const scene = createScene({ messages: { apicall: messages } });
    const send = vi.spyOn(scene.clients.sqs, 'send');
    const page = await listFailures('ApiCallDlq', undefined, readerOf(scene));
    const answers = await Promise.all(send.mock.results.map(({ value }) => value));
    const receives = answers.flatMap(({ Messages }) => (Messages ? [Messages.length] : []));
    expect(receives.length).toBeGreaterThan(0);
    expect(receives).not.toContain(0);
    expect(page.messages).toHaveLength(shown);
    expect(page.cursor === undefined).toBe(count === shown);
  });

  it('gives messages back when deciding about them fails', async () => {
    const scene = createScene({ messages: { apicall: [failed('retry-soon')] } });
    const broken = { ...readerOf(scene), now: () => new Date(Number.NaN) };
    await listFailures('ApiCallDlq', undefined, broken).catch(() => undefined);
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 1, hidden: 0 });
  });
});

describe('the list of parked messages', () => {
  it('has why each was parked, what unpark would do, and counts by reason', async () => {
    const scene = createScene({
      messages: { apicall: [failed('permanent-data'), failed('outcome-unknown')] },
    });
    await scene.invoke();
    const page = await listFailures('parked', undefined, readerOf(scene));
    expect(page.messages).toMatchObject([
      { decision: 'refuse', reason: 'OUTCOME_UNKNOWN', why: expect.stringContaining('--applied') },
      { decision: 'redrive', reason: 'PERMANENT', why: 'permanent-data: E', place: 'parked' },
    ]);
    expect(page.messages[1]?.key).toMatch(/^parked\/PERMANENT\//);
    expect(page).toMatchObject({ total: 2, byReason: { PERMANENT: 1, OUTCOME_UNKNOWN: 1 } });
  });

  it('goes on after the last key', async () => {
    const messages = Array.from({ length: 101 }, () => failed('permanent-data'));
    const scene = createScene({ messages: { apicall: messages } });
    await scene.invoke();
    const pages = await allPages('parked', readerOf(scene));
    expect(pages.map((page) => page.messages.length)).toEqual([100, 1]);
  });
});
