import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../cli/events/logs.ts';
import { formatScreen } from '../../../cli/events/print.ts';
import { sha256 } from '../../../functions/common/sha256.ts';
import { line, mappedWebhook, recent, unparkedRequest } from './lines.ts';
import { createScene, type World } from './scene.ts';

const show = async (id: string, world: World, ...args: string[]) => {
  const scene = createScene(world);
  const exitCode = await scene.run('show', id, ...args);
  return { ...scene, exitCode, text: scene.printed.join('\n') };
};

const kindsIn = (text: string): string[] =>
  Object(JSON.parse(text)).result.hops.map(({ kind }: { kind: string }) => kind);

describe('events show', () => {
  const lines = recent([...mappedWebhook('a'), ...unparkedRequest('b'), ...mappedWebhook('c')]);

  it.each(['delivery-a', 'event-a', 'message-a', 'key-a', 'reply-a'])(
    'finds the whole way by %s, and nothing of the others in its API call',
    async (id) => {
      const { text, exitCode } = await show(id, { lines, pageSize: 2 }, '--json');
      expect(exitCode).toBe(0);
      expect(kindsIn(text)).toEqual(['accepted', 'bus', 'called', 'replied']);
      expect(text).not.toMatch(/-(b|c)"/);
    },
  );

  it('finds an event by its idempotency key, of which the lines have a digest', async () => {
    const keyDigest = sha256('order-7').slice(0, 32);
    const call = line('api call succeeded', { messageId: 'm', keyDigest, status: 201 });
    const { text } = await show('order-7', { lines: recent([call]) }, '--json');
    expect(kindsIn(text)).toEqual(['called']);
  });

  it('finds a CloudEvent by the id that EventBridge gave it, and tells once how long it waited', async () => {
    const ids = { eventId: 'own', busEventId: 'bus', messageId: 'm', firstMessageId: 'm' };
    const failed = { ...ids, queuedMs: 1_234, class: 'retry-soon', errorCode: 'X' };
    const lines = recent([
      line('api call failed', { ...failed, disposition: 'retry', delaySeconds: 1 }),
      line('api call succeeded', { ...ids, queuedMs: 1_234, status: 201 }, 1),
    ]);
    const { text } = await show('bus', { lines }, '--json');
    expect(kindsIn(text)).toEqual(['queued', 'failed', 'called']);
    expect((await show('bus', { lines })).text).toContain('Waited 1.2 s in ApiCallQueue');
  });

  it('shows the latest event of a Salesforce record, and names the others', async () => {
    const { text } = await show('500000000000001AAA', { lines });
    expect(text).toMatch(/: succeeded\.\n/);
    expect(text).toMatch(/2 other events with this id:/);
  });

  it('follows the latest ten events of an API call, however many share it', async () => {
    const many = Array.from({ length: 60 }, (_, index) => mappedWebhook(`n${index}`)).flat();
    const { text, mocks } = await show('shared', { lines: recent(many) });
    expect(text).toMatch(/9 other events with this id:/);
    expect(mocks.logs.commandCalls(FilterLogEventsCommand).length).toBeLessThan(30);
  });

  it('prints ids, times, failures and the next command', async () => {
    const parked = unparkedRequest('b').slice(0, 3);
    const key = 'parked/PERMANENT/2026-11-28/dead-b.json';
    const world = {
      lines: recent(parked),
      parked: [key, 'parked/PERMANENT/2026-11-28/other.json'],
    };
    const { text } = await show('event-b', world, '--stack-name', 'other');
    expect(text).toMatch(/^event-b: parked\./);
    expect(text).toMatch(/^! \d\d:\d\d:\d\d\.\d{3} {2}\d{4}-.*Z .*REQUIRED_FIELD_MISSING/m);
    expect(text).toContain(`Kept in ParkBucket: ${key}`);
    expect(text).toContain('npm run dlq -- unpark --filter id=dead-b --stack-name other');
    expect(text).not.toContain('other.json');
  });

  it('leaves what helps a message in a queue to dlq show: a redrive might only park it', async () => {
    const message = {
      MessageId: 'dead-b',
      ReceiptHandle: 'handle',
      Body: '{}',
      Attributes: { SentTimestamp: String(Date.now()) },
    };
    const lines = recent(unparkedRequest('b').slice(0, 2));
    const { text } = await show('dead-b', { lines, messages: { ApiCallDlq: [message] } });
    expect(text).toContain('Kept in ApiCallDlq: dead-b');
    expect(text).toContain('npm run dlq -- show dead-b');
    expect(text).not.toContain('redrive');
  });

  it('says of a dropped message who tells why', async () => {
    const lines = unparkedRequest('b')
      .slice(0, 3)
      .map((one, index) =>
        index < 2 ? one : { ...one, fields: { ...one.fields, result: 'drop', reason: 'dropped' } },
      );
    const { text } = await show('event-b', { lines: recent(lines) }, '--stack-name', 'other');
    expect(text).toMatch(
      /^event-b: failed\. Its message was dropped, .*: npm run dlq -- show dead-b --stack-name other$/m,
    );
  });

  it('finds a message whose lines are gone in its dead-letter queue, and gives it back at once', async () => {
    const Failure = {
      class: 'permanent-data',
      errorCode: 'X',
      attempts: 1,
      correlation: { messageId: 'first' },
    };
    const message = {
      MessageId: 'dead',
      ReceiptHandle: 'handle',
      Body: '{"action":"GET","resource":"limits"}',
      MessageAttributes: { Failure: { DataType: 'String', StringValue: JSON.stringify(Failure) } },
      Attributes: { SentTimestamp: String(Date.now()) },
    };
    const { text, mocks } = await show('first', { messages: { ApiCallDlq: [message] } }, '--json');
    expect(kindsIn(text)).toEqual(['dead-lettered']);
    const received = mocks.sqs
      .commandCalls(ReceiveMessageCommand)
      .map(({ args: [{ input }] }) => input.QueueUrl);
    expect(received).not.toContain('https://sqs/ApiCallQueue');
    const [back] = mocks.sqs.commandCalls(ChangeMessageVisibilityBatchCommand);
    expect(back?.args[0].input.Entries).toEqual([
      { Id: '0', ReceiptHandle: 'handle', VisibilityTimeout: 0 },
    ]);
  });

  it('says what was read if nothing names the id, and how to look further back', async () => {
    const { exitCode, logged } = await show('nothing', { lines }, '--since', '2h');
    expect(exitCode).toBe(1);
    expect(logged.join('\n')).toMatch(
      /Nothing names nothing\.\nRead: the log lines from .* in \/aws\/lambda\/stack-github-webhook, /,
    );
    expect(logged.join('\n')).toContain('npm run events -- show nothing --since 14d');
  });

  it.each([
    ['order 42', "show 'order 42' --since"],
    ["$(id)'; id", String.raw`show '$(id)'\''; id' --since`],
  ])('suggests a command in which a shell takes %s for one argument', async (id, command) => {
    const { logged } = await show(id, { lines });
    expect(logged.join('\n')).toContain(command);
  });

  it('takes the empty id for that of no event', async () => {
    const { exitCode, logged } = await show('', { lines });
    expect(exitCode).toBe(1);
    expect(logged.join('\n')).toContain('Nothing names .');
  });

  it('is not taken in by an id that stands elsewhere in a line', async () => {
    const other = line('api call failed', {
      messageId: 'm',
      class: 'configuration',
      errorCode: 'event-a',
    });
    const { exitCode } = await show('event-a', { lines: recent([other]) });
    expect(exitCode).toBe(1);
  });
});

describe('events watch', () => {
  async function watch(lines: LogLine[], later: readonly LogLine[], ...args: string[]) {
    const scene = createScene({ lines });
    let waits = 0;
    scene.whileWaiting(() => {
      waits += 1;
      if (waits === 1) lines.push(...later);
      else scene.stop.abort();
    });
    const exitCode = await scene.run('watch', '--since', '10m', ...args);
    return { ...scene, exitCode };
  }

  it('prints a line for an event, and another when something becomes of it', async () => {
    const lines = recent(mappedWebhook('a'));
    const later = lines.slice(1).map((one) => ({ ...one, at: new Date().toISOString() }));
    const { exitCode, printed } = await watch(lines.slice(0, 1), later);
    expect(exitCode).toBe(130);
    expect(printed).toEqual([
      expect.stringMatching(/Z {2}on the bus {3}github\.com {2}issues {2}event-a$/),
      expect.stringMatching(
        /Z {2}succeeded {4}github\.com {2}issues {2}Case 500000000000001AAA {2}event-a$/,
      ),
    ]);
  });

  it('prints only the events that match source, type and pattern, as JSON', async () => {
    const lines = recent([...mappedWebhook('a'), ...unparkedRequest('b')]);
    const { printed } = await watch(
      lines,
      [],
      '--json',
      '--source',
      'com.example',
      '--pattern',
      '{"detail-type":[{"prefix":"ord"}]}',
    );
    expect(printed.map((text) => JSON.parse(text).id)).toEqual(['event-b']);
  });

  it.each([
    ['{"detail":{"a":[1]}}', "can't use detail: log lines have no content of events"],
    ['{"source":"text"}', '--pattern:\n  source '],
    ['{', 'takes an event pattern in JSON'],
  ])('refuses the pattern %s', async (pattern, reason) => {
    const { exitCode, logged } = await watch([], [], '--pattern', pattern);
    expect(exitCode).toBe(2);
    expect(logged.join('\n')).toContain(reason);
  });
});

describe('the table of events', () => {
  const events = Array.from({ length: 40 }, (_, index) => ({
    id: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
    at: '2026-11-28T03:00:00.000Z',
    lastAt: '2026-11-28T03:00:00.000Z',
    state: 'in progress' as const,
    detailType: 'a long name of an event, such as a partner has',
  }));

  it.each([80, 100, 200])('fits a screen of %i columns and shows the latest events', (columns) => {
    const lines = formatScreen(events, { rows: 24, columns }).split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(lines.at(-2)).toContain(events.at(-1)?.id);
  });
});

describe('events log', () => {
  it('prints lines as sentences, without those that count others', async () => {
    const lines = recent([
      ...mappedWebhook('a'),
      line('batch processed', { messages: 1 }),
      line('breaker opened', { level: 'WARN', reason: 'limit' }),
    ]);
    const scene = createScene({ lines });
    await scene.run('log', '--since', '10m');
    expect(scene.printed.map((text) => text.replace(/\d\d:\d\d:\d\d\.\d{3}/, ''))).toEqual([
      '  Z  GitHubWebhook      Webhook of github (issues, opened) accepted  On the event bus  event-a',
      '! Z  SalesforceApiCall  breaker opened  {"reason":"limit"}',
      expect.stringMatching(
        /^ {2}Z {2}SalesforceApiCall {2}Mapping github-issue-to-case succeeded: create Case .* Reply of mapping github-issue-to-case published {2}event-a$/,
      ),
    ]);
  });
});
