import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../console/api.ts';
import { MINUTE, outputs, scene, thisMinute, useThisMinute } from './flow-scene.ts';
import { startConsole } from './harness.ts';

useThisMinute();

const denied = Object.assign(new Error('User: x is not authorized to perform: s3:ListBucket'), {
  name: 'AccessDenied',
  $metadata: { httpStatusCode: 403 },
});

const asFlow = (body: unknown): Flow => Object(body);

describe('GET flow', () => {
  it('is the whole picture', async () => {
    const { clients } = scene();
    const { get } = await startConsole({ clients });
    const { status, body } = await get('flow');
    expect(status).toBe(200);
    expect(body).toEqual({
      queues: [
        { name: 'ApiCallQueue', visible: 5, hidden: 0, delayed: 1, oldestAgeSeconds: 30 },
        { name: 'ApiCallDlq', visible: 0, hidden: 2, delayed: 1 },
        // Its figure is of messages that have gone.
        { name: 'RuleDlq', visible: 0, hidden: 0, delayed: 1 },
        { name: 'SpillQueue', visible: 0, hidden: 0, delayed: 1 },
      ],
      parked: { count: 2, isComplete: true, byReason: { PERMANENT: 1, NO_MAPPING: 1 } },
      breaker: {
        scope: 'creates',
        reason: 'limit',
        openUntil: new Date(thisMinute + 10 * MINUTE).toISOString(),
        times: 1,
      },
      pause: {
        since: new Date(thisMinute).toISOString(),
        until: new Date(thisMinute + MINUTE).toISOString(),
        reason: 'release',
      },
      apiUsage: { percent: 12, at: new Date(thisMinute).toISOString() },
      alarms: [
        {
          name: 'stack-ApiCallDlqAlarm-1',
          logicalId: 'ApiCallDlqAlarm',
          state: 'ALARM',
          since: new Date(thisMinute).toISOString(),
          description: 'See the runbook.',
        },
        { name: 'stack', logicalId: 'StackAlarm', state: 'INSUFFICIENT_DATA', description: '' },
      ],
      problems: [],
    } satisfies Flow);
  });

  it('receives nothing from any queue', async () => {
    const { clients, sqs } = scene();
    const { get } = await startConsole({ clients });
    await get('flow');
    expect(sqs.commandCalls(ReceiveMessageCommand)).toHaveLength(0);
  });

  it('shows what it could read, and the problem of the rest', async () => {
    const { clients, s3, sqs } = scene();
    s3.on(ListObjectsV2Command).rejects(denied);
    sqs.on(GetQueueAttributesCommand, { QueueUrl: outputs.SpillQueueUrl }).rejects(denied);
    const { get } = await startConsole({ clients });
    const flow = asFlow((await get('flow')).body);
    expect(flow.queues.map(({ name }) => name)).toEqual(['ApiCallQueue', 'ApiCallDlq', 'RuleDlq']);
    expect(flow.parked).toEqual({ count: 0, isComplete: false, byReason: {} });
    expect(flow.alarms).toHaveLength(2);
    expect(flow.problems).toEqual([
      {
        kind: 'access denied',
        message: 'User: x is not authorized to perform: s3:ListBucket.',
        remedy: 'Required permissions: those in docs/policies/console-read.json.',
      },
    ]);
  });

  it('is read once for several tabs, and metrics once a minute', async () => {
    const { clients, cloudWatch, sqs } = scene();
    const { get } = await startConsole({ clients });
    await Promise.all([get('flow'), get('flow'), get('rates'), get('rates?minutes=60')]);
    await get('flow');
    expect(sqs.commandCalls(GetQueueAttributesCommand)).toHaveLength(4);
    expect(cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(1);
  });

  it('counts parked messages in at most ten pages', async () => {
    const { clients, s3 } = scene();
    const Contents = Array.from({ length: 1_000 }, (_, id) => ({
      Key: `parked/PERMANENT/2026-11-28/${id}.json`,
    }));
    s3.on(ListObjectsV2Command).resolves({ Contents, IsTruncated: true });
    const { get } = await startConsole({ clients });
    const { parked } = asFlow((await get('flow')).body);
    expect(parked).toEqual({
      count: 10_000,
      isComplete: false,
      byReason: { PERMANENT: 10_000 },
    });
  });
});
