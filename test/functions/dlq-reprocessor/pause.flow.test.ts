import {
  GetEventSourceMappingCommand,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { API_CALL_RULE_ARN, createScene, messageOf, QUEUE_ARN } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const request = '{"action":"GET","resource":"limits"}';
const failed = { Failure: '{"class":"retry-soon","errorCode":"UNABLE_TO_LOCK_ROW"}' };
const permanent = { Failure: '{"class":"permanent-data","errorCode":"STRING_TOO_LONG"}' };
const ofRule = messageOf('{"detail-type":"io.triggermesh.salesforce.apicall","detail":{}}', {
  RULE_ARN: API_CALL_RULE_ARN,
  TARGET_ARN: QUEUE_ARN,
  ERROR_CODE: 'UNKNOWN',
  ERROR_MESSAGE: '',
});
const spilled = messageOf(
  JSON.stringify({
    EventBusName: 'bus',
    Source: 'github.com',
    DetailType: 'issues',
    Detail: '{}',
    Resources: [],
    Time: new Date().toISOString(),
  }),
  { Failure: '{"class":"publish-failed","errorCode":"InternalFailure"}' },
);

/** A function whose apicall is paused until some time from now, with dead-letter messages. */
function paused(untilMs: number, apicall: readonly DeadLetterMessage[] = []) {
  const scene = createScene({ messages: { apicall, rule: [ofRule], spill: [spilled] } });
  const now = scene.now().getTime();
  const pause = { M: { since: { N: String(now - HOUR) }, until: { N: String(now + untilMs) } } };
  scene.table.items.set('breaker', { id: { S: 'breaker' }, pause });
  return { ...scene, run: () => scene.invoke({ unattended: true }) };
}

const messagesOf = ({ log }: ReturnType<typeof createScene>): string[] =>
  log.lines.map(([message]) => message);

describe('a scheduled run during a pause', () => {
  it('stops the poller that a deployment has started, once, and counts the pause in each run', async () => {
    const scene = paused(HOUR);
    await scene.run();
    await scene.run();
    expect(scene.lambda.poller).toEqual({ state: 'Disabled', updates: 1 });
    expect(messagesOf(scene)).toContain('poller stopped again');
    expect(scene.log.counted.filter((name) => name === 'Paused')).toHaveLength(2);
    expect(scene.table.items.get('breaker')).toHaveProperty('pause');
  });

  it('sends nothing to ApiCallQueue, and leaves no redrive counted', async () => {
    const scene = paused(HOUR, [messageOf(request, failed)]);
    const { queues } = await scene.run();
    expect(scene.sent).toEqual([]);
    const waits = { results: { waiting: 1 }, byReason: { 'apicall is paused': 1 } };
    expect(queues).toMatchObject({ apicall: waits, rule: waits });
  });

  it('publishes events that the bus refused, and parks what no try can help', async () => {
    const expiring = messageOf(request, failed, { sentAt: new Date(Date.now() - 13.5 * DAY) });
    const scene = paused(HOUR, [messageOf(request, permanent), expiring]);
    const { queues } = await scene.run();
    expect(scene.put).toHaveLength(1);
    expect(queues?.apicall?.byReason).toEqual({ PERMANENT: 1, RETENTION_ENDS: 1 });
  });

  it('looks at every message, so that none behind those that wait expires', async () => {
    const scene = paused(
      HOUR,
      Array.from({ length: 300 }, () => messageOf(request, failed)),
    );
    const { queues } = await scene.run();
    expect(queues?.apicall).toMatchObject({ received: 300, stoppedBy: 'empty' });
  });

  it('redrives at the next run if the pause ends early', async () => {
    const scene = paused(HOUR, [messageOf(request, failed)]);
    await scene.run();
    scene.table.items.delete('breaker');
    scene.pass(300_000);
    await scene.run();
    expect(scene.sent).toHaveLength(2);
    expect(scene.sent[0]?.attributes['Redrive']).toMatch(/^\{"count":1,/);
  });
});

describe('a command during a pause', () => {
  it('redrives as it is told, and changes neither poller nor pause', async () => {
    const scene = paused(-HOUR, [messageOf(request, failed)]);
    await scene.invoke({});
    expect(scene.sent).toHaveLength(2);
    expect(scene.lambda.mock.calls()).toEqual([]);
    expect(scene.table.items.get('breaker')).toHaveProperty('pause');
  });
});

describe('a scheduled run after the end of a pause', () => {
  it('starts the poller, removes the pause, and redrives', async () => {
    const scene = paused(-1, [messageOf(request, failed)]);
    scene.lambda.poller.state = 'Disabled';
    await scene.run();
    expect(scene.lambda.poller.state).toBe('Enabled');
    expect(scene.table.items.get('breaker')).not.toHaveProperty('pause');
    expect(scene.sent).toHaveLength(2);
    expect(messagesOf(scene)).toContain('pause ended');
  });

  it('keeps the pause while Lambda refuses to start the poller, and tries again in the next run', async () => {
    const scene = paused(-1);
    const { mock, poller } = scene.lambda;
    poller.state = 'Disabling';
    const busy = new ResourceInUseException({ message: 'in use', $metadata: {} });
    mock.on(UpdateEventSourceMappingCommand).rejectsOnce(busy);
    await scene.run();
    expect(messagesOf(scene)).toContain('pause not kept');
    expect(scene.table.items.get('breaker')).toHaveProperty('pause');
    expect(scene.sent).toHaveLength(1);
    await scene.run();
    expect(scene.table.items.get('breaker')).not.toHaveProperty('pause');
  });

  it('leaves a pause that begins meanwhile, and the next run stops the poller', async () => {
    const scene = paused(-1);
    const { mock, poller } = scene.lambda;
    poller.state = 'Disabled';
    const { now } = scene;
    const until = { N: String(now().getTime() + HOUR) };
    const pause = { M: { since: { N: String(now().getTime()) }, until } };
    mock.on(GetEventSourceMappingCommand).callsFake(() => {
      scene.table.items.set('breaker', { id: { S: 'breaker' }, pause });
      return { State: poller.state };
    });
    await scene.run();
    expect(scene.table.items.get('breaker')).toHaveProperty('pause');
    await scene.run();
    expect(poller.state).toBe('Disabled');
  });
});

describe('a scheduled run without a pause', () => {
  it('asks Lambda nothing', async () => {
    const scene = createScene();
    await scene.invoke({ unattended: true });
    expect(scene.lambda.mock.calls()).toEqual([]);
  });
});
