import {
  DescribeRuleCommand,
  EventBridgeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { toMessageAttributes } from '../../../../functions/common/message-attributes.ts';
import { parseEnvelope } from '../../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import {
  findRoute,
  hasRedriveRule,
  messageBytes,
} from '../../../../functions/dlq-reprocessor/redrive/route.ts';
import { config, messageOf } from '../harness.ts';

const eventBridge = new EventBridgeClient({ region: 'us-east-1' });
const mock = mockClient(eventBridge);
beforeEach(() => mock.reset());

const lookUp = () => ({
  clients: { eventBridge },
  config,
  redriveRules: new Map<string, Promise<boolean>>(),
  now: () => new Date(),
});

describe('redrive rules', () => {
  it('are looked up once each, and must be enabled', async () => {
    mock.on(DescribeRuleCommand, { Name: 'on-redrive' }).resolves({ State: 'ENABLED' });
    mock.on(DescribeRuleCommand, { Name: 'off-redrive' }).resolves({ State: 'DISABLED' });
    mock
      .on(DescribeRuleCommand, { Name: 'none-redrive' })
      .rejects(new ResourceNotFoundException({ $metadata: {}, message: 'no' }));
    const invocation = lookUp();
    const found = ['on', 'off', 'none', 'on'].map((name) => hasRedriveRule(name, invocation));
    expect(await Promise.all(found)).toEqual([true, false, false, true]);
    expect(mock.commandCalls(DescribeRuleCommand)).toHaveLength(3);
  });

  it.each(['r'.repeat(57), 'a rule', ''])(
    'have names as rules have, or there is none: %j',
    async (name) => {
      mock.on(DescribeRuleCommand).rejects(new Error('ValidationException'));
      expect(await hasRedriveRule(name === '' ? '/' : name, lookUp())).toBe(false);
    },
  );

  it('are looked up again after a failed look-up', async () => {
    mock.on(DescribeRuleCommand).rejectsOnce(new Error('throttled')).resolves({ State: 'ENABLED' });
    const invocation = lookUp();
    await expect(hasRedriveRule('on', invocation)).rejects.toThrow('throttled');
    expect(await hasRedriveRule('on', invocation)).toBe(true);
  });
});

describe('a route', () => {
  it('does not exist when the event and its envelope exceed the limit of the bus', async () => {
    mock.on(DescribeRuleCommand).resolves({ State: 'ENABLED' });
    const body = JSON.stringify({ id: 'e', source: 's', detail: { x: 'x'.repeat(999_900) } });
    const message = messageOf(body, { RULE_ARN: 'arn:aws:events:r:a:rule/bus/rule' });
    const route = await findRoute(
      message,
      parseEnvelope(message, config.redriveBusName),
      1,
      lookUp(),
    );
    expect(route).toMatchObject({ to: 'nowhere', reason: 'TOO_LARGE' });
  });

  it('does not exist when none of ten attributes can be folded', async () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`n${n}`, { DataType: 'Number', StringValue: `${n}` }]),
    );
    const message = messageOf('{"action":"GET","resource":"limits"}', {}, { attributes });
    const route = await findRoute(
      message,
      parseEnvelope(message, config.redriveBusName),
      1,
      lookUp(),
    );
    expect(route).toMatchObject({ to: 'nowhere', reason: 'TOO_LARGE' });
  });
});

describe('the size of a message', () => {
  it('counts names, types and values of all attributes', () => {
    const b = { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) };
    const attributes = { ...toMessageAttributes({ a: '12' }), b };
    expect(messageBytes({ body: 'ä', attributes })).toBe(2 + (1 + 6 + 2) + (1 + 6 + 3));
  });
});
