import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '../../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { messageOf as message } from '../harness.ts';

const now = new Date('2026-11-24T12:00:00Z');
const request = '{"action":"GET","resource":"limits"}';
const event = '{"version":"0","id":"e1","source":"shop","detail-type":"Order","detail":{"n":1}}';
const failed = (name: string) => ({ Failure: JSON.stringify({ class: name, errorCode: 'E' }) });
const subscriber = { SUBSCRIBER_ARN: 'arn:aws:events:us-east-1:000000000000:subscriber/s/1' };
const subscriberRecord = {
  subscriberArn: subscriber.SUBSCRIBER_ARN,
  errorCode: 'THROTTLING',
  retryAttempts: 5,
  failedMessages: [{ eventId: 'e1' }, { eventId: 'e2' }],
};
const ruleArn = 'arn:aws:events:us-east-1:000000000000:rule/';
const rule = (errorCode: string) => ({
  RULE_ARN: `${ruleArn}bus/stack-rule`,
  TARGET_ARN: 'arn:target',
  ERROR_CODE: errorCode,
  ERROR_MESSAGE: '',
  RETRY_ATTEMPTS: '0',
});

const onRedriveBus = { ...rule('THROTTLING'), RULE_ARN: `${ruleArn}redrive/stack-rule-redrive` };
const wrappedFor = (name: string): string =>
  JSON.stringify({
    source: 'salesforce-eventbridge.redrive',
    resources: [`${ruleArn}bus/${name}`],
    detail: { rule: name, target: 'arn:target', attempt: 2, event: JSON.parse(event) },
  });

describe('a message is classified by its shape', () => {
  const encrypted = JSON.stringify({
    source: 'aws.events',
    'detail-type': 'Encrypted Events',
    detail: { 'encrypted-payload': 'AgR4' },
  });
  const entry = {
    EventBusName: 'b',
    Source: 's',
    DetailType: 't',
    Detail: '{}',
    Resources: [],
    Time: now.toISOString(),
  };
  const record = {
    version: '1.0',
    requestContext: { condition: 'RetriesExhausted', functionArn: 'f' },
    requestPayload: JSON.parse(request),
  };

  it.each([
    ['rule', event, rule('THROTTLING')],
    ['request', request, failed('retry-soon')],
    ['request', request, {}],
    ['request', 'not JSON', failed('permanent-data')],
    ['request', JSON.stringify(record), {}],
    ['entry', JSON.stringify(entry), failed('publish-failed')],
    ['unknown', 'not JSON', {}],
    ['unknown', '[1]', {}],
    ['unknown', '{"Type":"Notification"}', {}],
    ['unknown', encrypted, {}],
    ['unknown', encrypted, rule('UNKNOWN')],
    ['unknown', '{"source":"salesforce-eventbridge.redrive","detail":{}}', onRedriveBus],
    ['unknown', wrappedFor('stack-other'), onRedriveBus],
    ['unknown', event, { ...rule('THROTTLING'), RULE_ARN: `${ruleArn}redrive/audit` }],
    ['unknown', '['.repeat(12_000), rule('THROTTLING')],
    ['rule', wrappedFor('stack-rule'), rule('THROTTLING')],
    ['request', request, { ...rule('THROTTLING'), ...failed('retry-soon') }],
    ['request', request, { ...rule('THROTTLING'), Redrive: '{}' }],
    ['request', encrypted, failed('outcome-unknown')],
    ['request', JSON.stringify(entry), failed('permanent-data')],
    ['subscriber', JSON.stringify(subscriberRecord), subscriber],
    ['subscriber', JSON.stringify(subscriberRecord), {}],
    ['subscriber', 'cut of', subscriber],
    [
      'subscriber',
      JSON.stringify(subscriberRecord),
      { ...subscriber, ...failed('permanent-data') },
    ],
    ['request', JSON.stringify({ ...JSON.parse(request), ...subscriberRecord }), {}],
    ['request', request, { ...subscriber, ...failed('retry-soon') }],
    ['request', request, subscriber],
  ])('%s: %s', (kind, body, attributes) =>
    expect(parseEnvelope(message(body, attributes), 'redrive').kind).toBe(kind),
  );

  it('reads the events, the error and the subscriber in the record of a subscriber', () => {
    expect(parseEnvelope(message(JSON.stringify(subscriberRecord)), 'redrive')).toMatchObject({
      subscriberArn: subscriber.SUBSCRIBER_ARN,
      errorCode: 'THROTTLING',
      retries: 5,
      eventIds: ['e1', 'e2'],
    });
  });

  it('unwraps an event that failed again on the redrive bus, with its rule and its attempt', () => {
    expect(parseEnvelope(message(wrappedFor('stack-rule'), onRedriveBus), 'redrive')).toMatchObject(
      {
        kind: 'rule',
        ruleArn: `${ruleArn}bus/stack-rule`,
        history: { redrives: 2 },
        event,
      },
    );
  });

  it.each([
    `${ruleArn}bus/stack-rule`,
    `${ruleArn}stack-rule-redrive`,
    `${ruleArn}a/redrive/stack-rule-redrive`,
    `${ruleArn}redrive/a/stack-rule-redrive`,
    `${ruleArn}redrive-2/stack-rule-redrive`,
    'rule/redrive/stack-rule-redrive',
    'arn:aws:events:us-east-1:000000000000:event-bus/redrive/stack-rule-redrive',
  ])('does not unwrap what failed in a rule of another bus: %s', (RULE_ARN) => {
    const body = wrappedFor('stack-rule');
    const dead = message(body, { ...onRedriveBus, RULE_ARN });
    const unchanged = { kind: 'rule', ruleArn: RULE_ARN, event: body, history: { redrives: 0 } };
    expect(parseEnvelope(dead, 'redrive')).toMatchObject(unchanged);
  });
});
