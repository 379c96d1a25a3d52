import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { listEvents } from '../../../cli/events/list.ts';
import type { LogLine } from '../../../cli/events/logs.ts';
import { RecentLines } from '../../../cli/events/recent-lines.ts';
import { findEventStack } from '../../../cli/events/stack.ts';
import { line, mappedWebhook, unparkedRequest } from './lines.ts';
import { createScene, type World } from './scene.ts';

const HOUR_MS = 3_600_000;

/** The lines as if the first had been written so long ago. */
function ago(lines: readonly LogLine[], ms: number): LogLine[] {
  const first = Date.parse(lines[0]?.at ?? '');
  return lines.map((one) => ({
    ...one,
    at: new Date(Date.parse(one.at) - first + Date.now() - ms).toISOString(),
  }));
}

const refused = (action: string) =>
  Object.assign(new Error(`User is not authorized to perform: ${action}`), {
    name: 'AccessDenied',
  });

describe('events show without the rights to queues and buckets', () => {
  async function show(id: string, lines: LogLine[], ...args: string[]) {
    const scene = createScene({ lines });
    scene.mocks.sqs.on(ReceiveMessageCommand).rejects(refused('sqs:receivemessage'));
    scene.mocks.s3.on(ListObjectsV2Command).rejects(refused('s3:ListBucket'));
    const exitCode = await scene.run('show', id, ...args);
    return { ...scene, exitCode, text: scene.printed.join('\n') };
  }
  const dead = () => ago(unparkedRequest('b').slice(0, 2), HOUR_MS);

  it('shows what the log lines tell, and names what was not searched and the permissions', async () => {
    const { exitCode, text } = await show('event-b', dead());
    expect(exitCode).toBe(0);
    expect(text).toContain('REQUIRED_FIELD_MISSING');
    expect(text).toContain(
      'Not searched: ApiCallDlq, for want of sqs:ReceiveMessage, sqs:ChangeMessageVisibility, kms:Decrypt (docs/policies/console-read.json).',
    );
  });

  it('has them as `unread` in the JSON document', async () => {
    const { text } = await show(
      'event-b',
      ago(unparkedRequest('b').slice(0, 3), HOUR_MS),
      '--json',
    );
    expect(JSON.parse(text).result.unread).toEqual([
      { store: 'ParkBucket', permissions: ['s3:ListBucket'] },
    ]);
  });

  it('says so where nothing is found', async () => {
    const { exitCode, logged } = await show('nothing', dead());
    expect(exitCode).toBe(1);
    expect(logged.join('\n')).toMatch(
      /Nothing names nothing\.\n.*\nNot searched: ApiCallDlq, .*\n/,
    );
  });

  it('fails for any other error of AWS', async () => {
    const scene = createScene({ lines: dead() });
    scene.mocks.sqs.on(ReceiveMessageCommand).rejects(new Error('Something else'));
    expect(await scene.run('show', 'event-b')).toBe(2);
  });
});

describe('the ranges that events show reads', () => {
  async function ranges(id: string, lines: LogLine[]) {
    const scene = createScene({ lines });
    await scene.run('show', id, '--json');
    const starts = scene.mocks.logs
      .commandCalls(FilterLogEventsCommand)
      .map(({ args: [{ input }] }) => input.startTime ?? 0);
    const kinds = JSON.parse(scene.printed.join('')).result.hops.map(
      ({ kind }: { kind: string }) => kind,
    );
    return {
      hoursBack: [...new Set(starts.map((at) => Math.round((Date.now() - at) / HOUR_MS)))],
      kinds,
    };
  }

  it.each([
    ['its delivery', 'delivery-a', 4, ago(mappedWebhook('a'), 2 * HOUR_MS)],
    ['an event from elsewhere', 'event-b', 5, ago(unparkedRequest('b'), 2 * HOUR_MS)],
  ])('are from its beginning on once that is known, by %s', async (_, id, hops, lines) => {
    const { hoursBack, kinds } = await ranges(id, lines);
    expect(hoursBack).toEqual([24, 2]);
    expect(kinds).toHaveLength(hops);
  });

  it('are whole as long as its beginning is not known', async () => {
    const spilled = line(
      'webhook accepted',
      { provider: 'github', outcome: 'spilled', messageId: 'm', delivery: 'd' },
      0,
      'GitHubWebhookFunction',
    );
    const later = [
      line(
        'dead-letter message processed',
        { queue: 'spill', messageId: 'm', result: 'redrive', sentEventId: 'e' },
        0,
        'DlqReprocessorFunction',
      ),
      line('api call succeeded', { eventId: 'e', status: 201 }, 1),
    ];
    const lines = [...ago([spilled], 20 * HOUR_MS), ...ago(later, 2 * HOUR_MS)];
    const { kinds } = await ranges('e', lines);
    expect(kinds).toEqual(['accepted', 'spilled', 'redriven', 'called']);
  });

  it('are told on the terminal when reading takes long', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      const scene = createScene({ lines: ago(mappedWebhook('a'), HOUR_MS) });
      const shown: string[] = [];
      let isFirst = true;
      scene.mocks.logs.on(FilterLogEventsCommand).callsFake(async () => {
        if (isFirst) vi.advanceTimersByTime(4_000);
        isFirst = false;
        return {};
      });
      await scene.run('show', 'delivery-a');
      shown.push(...scene.progress);
      expect(shown).toEqual([
        expect.stringMatching(/^Reading the log lines from .*Z to .*Z \(3 s\)$/),
        expect.stringMatching(/\(4 s\)$/),
      ]);
      expect(scene.logged.join('\n')).toContain('The reading took 4 s');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('listEvents with more lines than it may read', () => {
  async function list(world: World, cursor?: string) {
    const { clients, mocks } = createScene(world);
    const stack = await findEventStack(clients, { stackName: 'stack' }, (error) => {
      throw error;
    });
    const until = new Date();
    const since = new Date(until.getTime() - HOUR_MS);
    const lines = new RecentLines(clients);
    const options = { lines, stack, since, until, limit: 5, ...(cursor && { cursor }) };
    const found = await listEvents(options);
    return { ...found, ids: found.events.map(({ id }) => id), mocks };
  }

  it('returns the newest events, not the oldest of a busy minute', async () => {
    // A page has one line, and a reading ends after 60: the minute has more.
    const lines = Array.from({ length: 90 }, (_, index) =>
      ago(mappedWebhook(`n${index}`).slice(0, 1), 50_000 - index * 500),
    ).flat();
    const { ids, reading, cursor } = await list({ lines, pageSize: 1 });
    expect(ids).toEqual(['event-n89', 'event-n88', 'event-n87', 'event-n86', 'event-n85']);
    expect(reading.isComplete).toBe(true);
    const next = await list({ lines, pageSize: 1 }, cursor);
    expect(next.ids[0]).toBe('event-n84');
  });

  it('says so if a second alone has more, and goes on before it', async () => {
    const busy = Array.from({ length: 70 }, (_, index) =>
      ago(
        [line('webhook ignored', { delivery: `same`, n: index }, 0, 'GitHubWebhookFunction')],
        900,
      ),
    ).flat();
    const older = ago(mappedWebhook('old'), 600_000);
    const { reading, cursor } = await list({ lines: [...busy, ...older], pageSize: 1 });
    expect(reading.isComplete).toBe(false);
    const next = await list({ lines: [...busy, ...older], pageSize: 1 }, cursor);
    expect(next.ids).toContain('event-old');
  });
});
