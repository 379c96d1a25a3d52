import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { EventList } from '../../cli/events/list.ts';
import type { EventTrace } from '../../cli/events/trace.ts';
import { fakeStack, startConsole } from './harness.ts';

const delivery = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

/** A stack with one accepted webhook. */
async function scene() {
  const aws = fakeStack(
    {
      GitHubWebhookLogs: ['AWS::Logs::LogGroup', '/aws/lambda/github-webhook'],
      PayloadBucket: ['AWS::S3::Bucket', 'payloads'],
      ParkBucket: ['AWS::S3::Bucket', 'park'],
    },
    { PayloadBucketName: 'payloads', ParkBucketName: 'park' },
  );
  const timestamp = Date.now() - 1_000;
  const line = {
    level: 'INFO',
    message: 'webhook accepted',
    timestamp: new Date(timestamp).toISOString(),
    provider: 'github',
    delivery,
    outcome: 'published',
    eventId: 'event-1',
  };
  aws.logs.on(FilterLogEventsCommand).callsFake(async ({ filterPattern = '', startTime = 0 }) => {
    const message = JSON.stringify(line);
    const ids = [...filterPattern.matchAll(/"([^"]+)"/g)].map(([, id]) => id ?? '');
    const isFound =
      timestamp >= startTime && (ids.length === 0 || ids.some((id) => message.includes(id)));
    return { events: isFound ? [{ eventId: '1', timestamp, message }] : [] };
  });
  aws.s3.on(ListObjectsV2Command).resolves({});
  return { ...aws, ...(await startConsole({ clients: aws.clients })) };
}

describe('GET events', () => {
  it('lists what the log lines tell', async () => {
    const { get } = await scene();
    const { events, reading }: EventList = Object(
      (await get('events?minutes=10&text=&state=')).body,
    );
    expect(events).toMatchObject([{ id: 'event-1', provider: 'github', delivery }]);
    expect(reading).toMatchObject({ isComplete: true, costUsd: 0 });
    const none: EventList = Object((await get('events?state=parked')).body);
    expect(none.events).toEqual([]);
  });

  it.each(['minutes=0', 'minutes=20161', 'minutes=x', 'state=lost', 'cursor=x'])(
    'refuses %s',
    async (query) => {
      const { get } = await scene();
      expect(await get(`events?${query}`)).toMatchObject({
        status: 400,
        body: { kind: 'invalid' },
      });
    },
  );

  it.each([delivery, 'event-1'])('follows one by %s', async (id) => {
    const { get } = await scene();
    const trace: EventTrace = Object((await get(`events/${id}`)).body);
    expect(trace.hops[0]).toMatchObject({ kind: 'accepted', where: 'GitHubWebhookFunction' });
    expect(trace.ids).toMatchObject({ delivery: [delivery], eventId: ['event-1'] });
  });

  it('says what was read if nothing names the id', async () => {
    const { get, sqs } = await scene();
    expect(await get('events/unknown%2Fid')).toMatchObject({
      status: 404,
      body: {
        kind: 'not found',
        message: expect.stringMatching(/^Nothing names unknown\/id\.\nRead: the log lines from/),
      },
    });
    const received = sqs
      .commandCalls(ReceiveMessageCommand)
      .map(({ args }) => args[0].input.QueueUrl);
    expect(received.filter((url) => url?.includes('ApiCallQueue'))).toEqual([]);
  });

  it('says what could not be searched, and the permission for it', async () => {
    const { get, s3 } = await scene();
    const refused = Object.assign(new Error('not yours'), { name: 'AccessDenied' });
    s3.on(ListObjectsV2Command).rejects(refused);
    expect(await get('events/unknown')).toMatchObject({
      status: 404,
      body: {
        message: expect.stringMatching(/Not searched: ParkBucket, for want of s3:ListBucket /),
      },
    });
    expect((await get('events/event-1')).status).toBe(200);
  });
});

describe('GET payload', () => {
  it('is an object of the stack, cut at 1 MiB', async () => {
    const { get, s3 } = await scene();
    s3.on(GetObjectCommand, {
      Bucket: 'payloads',
      Key: 'github/2026/x y',
      Range: 'bytes=0-1048575',
    }).callsFake(async () => ({
      Body: { transformToString: async () => '{"n":1}' },
      ContentRange: 'bytes 0-1048575/2097152',
    }));
    const { body } = await get('payload?store=PayloadBucket&key=github%2F2026%2Fx%20y');
    expect(body).toEqual({
      store: 'PayloadBucket',
      key: 'github/2026/x y',
      text: '{"n":1}',
      isCut: true,
    });
  });

  it('says that it has gone', async () => {
    const { get, s3 } = await scene();
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'x', $metadata: {} }));
    expect(await get('payload?store=ParkBucket&key=parked/a')).toMatchObject({ status: 404 });
  });

  it.each([
    'store=ApiCallQueue&key=a',
    'store=other-bucket&key=a',
    'store=constructor&key=a',
    'store=ParkBucket',
    '',
  ])('is of nothing else: %s', async (query) => {
    const { get, s3, sqs } = await scene();
    expect(await get(`payload?${query}`)).toMatchObject({ status: 400 });
    expect([...s3.calls(), ...sqs.calls()]).toEqual([]);
  });
});
