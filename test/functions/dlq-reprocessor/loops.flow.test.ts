import { describe, expect, it } from 'vitest';
import type { QueueName } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { createScene, DESTINATION_ARN, messageOf, QUEUE_ARN } from './harness.ts';

const arn = 'arn:aws:events:us-east-1:000000000000:rule/';
const refusedBy = (rule: string, target = DESTINATION_ARN) => ({
  RULE_ARN: `${arn}${rule}`,
  TARGET_ARN: target,
  ERROR_CODE: 'SDK_CLIENT_ERROR',
  ERROR_MESSAGE: 'The request failed with status code 404.',
});
const failed = (name: string, errorCode = 'E') => ({
  Failure: JSON.stringify({ class: name, errorCode }),
});
const busEvent = (source: string, type: string, detail: object): string =>
  JSON.stringify({ version: '0', id: 'e1', source, 'detail-type': type, resources: [], detail });

const SOURCE = 'salesforce-eventbridge';
const TYPE = 'salesforce-eventbridge.parked';
const parked = { reason: 'PERMANENT', key: 'parked/PERMANENT/2026-11-27/m1.json', id: 'm1' };
const announcement = busEvent(SOURCE, TYPE, parked);
const spilled = JSON.stringify({
  EventBusName: 'bus',
  Source: SOURCE,
  DetailType: TYPE,
  Detail: JSON.stringify(parked),
  Resources: [],
  Time: '2026-11-27T12:00:00.000Z',
});
const cloudEvent = { specversion: '1.0', id: 'e1', source: SOURCE, type: TYPE, data: parked };
const task = {
  action: 'POST',
  resource: 'sobjects',
  object: 'Task',
  payload: { Subject: `parked: ${parked.key}` },
};

describe('a receiver that refuses every event', () => {
  it('gets each event once in a run, even from a rule that matches announcements too', async () => {
    const order = messageOf(busEvent('shop', 'Order', {}), refusedBy('bus/own-catch-all'));
    const scene = createScene({ messages: { rule: [order] } });
    let announced = 0;
    // Each announcement is delivered to the receiver, refused, and becomes a dead-letter message before the next receive.
    scene.queues.rule.onReceive = () => {
      // A loop ends here, so that it fails this test.
      for (const { source, detailType, detail } of scene.announced.slice(announced, 50)) {
        const body = busEvent(source, detailType, JSON.parse(detail));
        const message = messageOf(body, refusedBy('bus/own-catch-all'));
        scene.queues.rule.held.push({ message, visibleAt: 0, handle: '' });
      }
      announced = scene.announced.length;
      return undefined;
    };
    const { queues } = await scene.invoke({ unattended: true });
    expect(queues?.rule).toMatchObject({ received: 2, byReason: { PERMANENT: 2 } });
    expect(scene.announced).toHaveLength(1);
    expect(scene.stored.size).toBe(2);
    expect(scene.queues.rule.ids()).toEqual([]);
  });
});

describe('a parked message is announced', () => {
  it.each<[string, QueueName, string, Record<string, string>]>([
    ['an announcement', 'rule', announcement, refusedBy('bus/own-catch-all')],
    [
      'an announcement that the bus refused',
      'spill',
      spilled,
      failed('publish-failed', 'MalformedDetail'),
    ],
    ['an announcement in ApiCallQueue', 'apicall', announcement, failed('permanent-data')],
    ['a CloudEvent of one', 'apicall', JSON.stringify(cloudEvent), failed('permanent-data')],
    [
      'a CloudEvent with its source',
      'apicall',
      JSON.stringify({ ...cloudEvent, data: {} }),
      failed('permanent-data'),
    ],
    ['a request made from one', 'apicall', JSON.stringify(task), failed('permanent-data')],
    [
      'an event that the bus could not encrypt',
      'rule',
      busEvent('aws.events', 'Encrypted Events', { 'encrypted-payload': 'AgR4' }),
      {},
    ],
  ])('unless it is %s', async (_what, queue, body, attributes) => {
    const scene = createScene({ messages: { [queue]: [messageOf(body, attributes)] } });
    const { queues } = await scene.invoke();
    expect(queues?.[queue]).toMatchObject({ results: { parked: 1, failed: 0 } });
    expect(scene.queues[queue].ids()).toEqual([]);
    expect(scene.stored.size).toBe(1);
    expect(scene.announced).toEqual([]);
    expect(scene.log.counted).toContainEqual(expect.stringMatching(/^DlqParked /));
  });

  it('like any other', async () => {
    const task404 = messageOf(JSON.stringify({ ...task, payload: {} }), failed('permanent-data'));
    const scene = createScene({ messages: { apicall: [task404] } });
    await scene.invoke();
    expect(scene.announced).toMatchObject([{ source: SOURCE, detailType: TYPE }]);
  });
});

describe('an event of the main bus that imitates an envelope of the redrive bus', () => {
  const attack = JSON.stringify({
    version: '0',
    id: 'e1',
    source: 'salesforce-eventbridge.redrive',
    'detail-type': 'salesforce-eventbridge.redrive',
    resources: [`${arn}bus/stack-contact`],
    detail: {
      rule: 'stack-contact',
      target: DESTINATION_ARN,
      attempt: 0,
      event: { detail: { customerId: '..', contact: { LastName: 'x' } } },
    },
  });

  it('is redriven as it is, to the rule that failed', async () => {
    const attributes = { ...refusedBy('bus/stack-cloudevents'), ERROR_MESSAGE: '' };
    const scene = createScene({
      messages: { rule: [messageOf(attack, attributes)] },
      redriveRules: ['stack-contact-redrive', 'stack-cloudevents-redrive'],
    });
    await scene.invoke();
    const [entry] = scene.put;
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({
      rule: 'stack-cloudevents',
      target: DESTINATION_ARN,
      attempt: 1,
      event: JSON.parse(attack),
    });
    expect(entry?.Resources).toEqual([`${arn}bus/stack-cloudevents`]);
  });

  it.each([
    ['the attributes of a rule, in a request that failed', failed('retry-soon')],
    ['the attributes of a rule, in a request that was redriven', { Redrive: '{"count":1}' }],
    [
      'the attributes of a rule, folded into another',
      { Redrive: JSON.stringify({ attributes: refusedBy('redrive/stack-contact-redrive') }) },
    ],
  ])('nor do %s lead to the redrive bus', async (_what, attributes) => {
    const all = { ...refusedBy('redrive/stack-contact-redrive'), ...attributes };
    const scene = createScene({
      messages: { apicall: [messageOf(attack, all)] },
      redriveRules: ['stack-contact-redrive'],
    });
    await scene.invoke();
    expect(scene.put).toEqual([]);
  });
});

describe('an event for ApiCallQueue whose rule has no redrive rule', () => {
  const request = { action: 'GET', resource: 'limits' };
  const type = 'io.triggermesh.salesforce.apicall';
  const structured = { specversion: '1.0', id: 'c1', source: 'shop', type, data: request };
  const sentBy = async (rule: string, body: string) => {
    const dead = messageOf(body, { ...refusedBy(rule, QUEUE_ARN), ERROR_MESSAGE: '' });
    const scene = createScene({ messages: { rule: [dead] } });
    const { queues } = await scene.invoke();
    return { scene, report: queues?.rule };
  };

  it.each([
    ['from ApiCallRule', 'bus/stack-apicall', busEvent('shop', 'Order', {})],
    ['that is a request', 'bus/own', busEvent('shop', type, request)],
    ['with a CloudEvent', 'bus/own', busEvent('shop', 'Order', structured)],
    ['that is a CloudEvent', 'bus/own', JSON.stringify(structured)],
    ['that is a bare request', 'bus/own', JSON.stringify(request)],
  ])('%s, is sent there as it is', async (_what, rule, body) => {
    const { scene } = await sentBy(rule, body);
    expect(scene.sent.map((sent) => sent.body)).toEqual([body]);
  });

  it.each([
    ['an event of another type', 'bus/own', busEvent('shop', 'Order', request)],
    ['a CloudEvent of another type', 'bus/own', JSON.stringify({ ...structured, type: 'Order' })],
    [
      'a CloudEvent inside, of another type',
      'bus/own',
      busEvent('shop', type, { ...structured, type: 'x' }),
    ],
    ['a request without resource', 'bus/own', JSON.stringify({ action: 'GET' })],
    [
      'a rule of another bus with the name of ApiCallRule',
      'other/stack-apicall',
      busEvent('shop', 'Order', {}),
    ],
  ])('is parked with what to do: %s', async (_what, rule, body) => {
    const { scene, report } = await sentBy(rule, body);
    expect(scene.sent).toEqual([]);
    expect(report).toMatchObject({ byReason: { NO_REDRIVE_RULE: 1 } });
    const name = rule.split('/').at(-1);
    const { why } = JSON.parse([...scene.stored.values()][0] ?? '');
    expect(why).toContain(`create or enable rule ${name}-redrive on bus redrive, then unpark`);
  });
});
