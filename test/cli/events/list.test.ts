import { describe, expect, it } from 'vitest';
import { listEvents } from '../../../cli/events/list.ts';
import type { LogLine } from '../../../cli/events/logs.ts';
import { RecentLines } from '../../../cli/events/recent-lines.ts';
import { findEventStack } from '../../../cli/events/stack.ts';
import { mappedWebhook, recent, unparkedRequest } from './lines.ts';
import { createScene, type World } from './scene.ts';

describe('listEvents', () => {
  async function list(world: World, options: Partial<Parameters<typeof listEvents>[0]> = {}) {
    const { clients, mocks } = createScene(world);
    const stack = await findEventStack(clients, { stackName: 'stack' }, (error) => {
      throw error;
    });
    const until = new Date();
    const since = new Date(until.getTime() - 3_600_000);
    const recentLines = new RecentLines(clients);
    const found = await listEvents({
      lines: recentLines,
      stack,
      since,
      until,
      limit: 10,
      ...options,
    });
    return { ...found, ids: found.events.map(({ id }) => id), mocks };
  }
  const at = (lines: readonly LogLine[], minutes: number): LogLine[] =>
    recent(lines).map((one) => ({
      ...one,
      at: new Date(Date.parse(one.at) - minutes * 60_000).toISOString(),
    }));
  const lines = [
    ...at(mappedWebhook('old'), 40),
    ...at(unparkedRequest('mid'), 20),
    ...at(mappedWebhook('new'), 0),
  ];

  it('lists the events of the range, newest first, all pages of it', async () => {
    const all = await list({ lines, pageSize: 1 });
    expect(all.ids).toEqual(['event-new', 'event-mid', 'event-old']);
    expect(all.reading).toMatchObject({ lines: lines.length, isComplete: true, costUsd: 0 });
    expect(all.cursor).toBeUndefined();
  });

  it('goes on where a page ended', async () => {
    const first = await list({ lines }, { limit: 1 });
    expect(first.ids).toEqual(['event-new']);
    const second = await list({ lines }, { limit: 5, cursor: first.cursor ?? '' });
    expect(second.ids).toEqual(['event-mid', 'event-old']);
  });

  it('filters by text and state', async () => {
    expect((await list({ lines }, { text: 'GITHUB' })).ids).toEqual(['event-new', 'event-old']);
    expect((await list({ lines }, { state: 'succeeded', text: 'order' })).ids).toEqual([
      'event-mid',
    ]);
    expect((await list({ lines }, { state: 'parked' })).ids).toEqual([]);
  });
});
