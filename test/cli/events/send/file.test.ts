import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { QUEUE, useStack } from './harness.ts';

const { aws, send } = useStack();
const folder = mkdtempSync(join(tmpdir(), 'send-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = () => aws.eventBridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input);

describe('npm run events -- send bus', () => {
  it('puts the event of a file on the bus of the stack, its numbers as they are', async () => {
    const file = join(folder, 'event.json');
    writeFileSync(
      file,
      '{"version":"0","id":"old","source":"shop","detail-type":"Order","resources":["r"],"detail":{"id":12345678901234567890,"a":1}}',
    );
    const { exitCode, output } = await send(
      'bus',
      file,
      '--set',
      'detail.a=2',
      '--stack-name',
      'mine',
    );
    expect(put()).toEqual([
      {
        Entries: [
          {
            EventBusName: 'bus',
            Source: 'shop',
            DetailType: 'Order',
            Detail: '{"id":12345678901234567890,"a":2}',
            Resources: ['r'],
          },
        ],
      },
    ]);
    expect([exitCode, output]).toEqual([
      0,
      'Sent Order to the bus bus\n  event     event-1\nNext: npm run events -- show event-1 --stack-name mine',
    ]);
  });

  it('tells why the bus refused it', async () => {
    aws.eventBridge.on(PutEventsCommand).resolves({
      Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }],
    });
    const { exitCode, output } = await send('bus', 'events/bus-order-placed.json');
    expect([exitCode, output]).toEqual([
      1,
      expect.stringContaining('(MalformedDetail): Detail is malformed.'),
    ]);
  });

  it.each([
    ['events/apicall-bare-request.json', 'source is missing, detail-type is missing'],
    ['events/default-connection-deauthorized.json', 'only AWS sends them'],
    ['events/none.json', 'ENOENT'],
    ['README.md', 'README.md is not JSON'],
  ])('refuses %s', async (file, text) => {
    const { exitCode, output } = await send('bus', file);
    expect([exitCode, output]).toEqual([2, expect.stringContaining(text)]);
    expect(put()).toEqual([]);
  });

  it('refuses an event that is too large, before it is sent', async () => {
    const file = join(folder, 'large.json');
    const event = {
      source: 'shop',
      'detail-type': 'Order',
      detail: { text: 'x'.repeat(1_000_000) },
    };
    writeFileSync(file, JSON.stringify(event));
    expect((await send('bus', file)).output).toMatch(/has 1,000,\d{3} bytes as an event/);
    expect(put()).toEqual([]);
  });
});

describe('npm run events -- send file', () => {
  it('sends a request to ApiCallQueue', async () => {
    const { output } = await send('file', 'events/apicall-bare-request.json');
    const [call] = aws.sqs.commandCalls(SendMessageCommand);
    expect(call?.args[0].input).toMatchObject({ QueueUrl: QUEUE });
    expect(JSON.parse(call?.args[0].input.MessageBody ?? '')).toMatchObject({ action: 'POST' });
    expect(output).toContain('Next: npm run events -- show message-1');
  });

  it('invokes apicall with an HTTP request, and tells the outcome', async () => {
    const reply = {
      id: 'reply-1',
      category: 'error',
      data: { code: 'adapter-process', description: 'No.' },
    };
    aws.lambdaInvoker.on(InvokeCommand).resolves({
      Payload: Buffer.from(
        JSON.stringify({ statusCode: 200, body: JSON.stringify(reply) }),
      ) as never,
    });
    const { exitCode, output } = await send('file', 'events/apicall-http-binary.json');
    expect([exitCode, output]).toEqual([
      1,
      expect.stringContaining('The request failed (adapter-process): No.'),
    ]);
    expect(output).toContain('reply     reply-1');
  });

  it.each(['dlq-request', 'dlq-rule', 'spill-entry', 'partner-event-relay'])(
    'keeps %s from a stack on AWS',
    async (name) => {
      const { exitCode, output } = await send('file', `events/${name}.json`);
      expect([exitCode, output]).toEqual([
        2,
        expect.stringContaining('to the local stack only (--local)'),
      ]);
      expect(aws.sqs.calls()).toEqual([]);
    },
  );
});
