import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { startMatcher } from '../template/event-ruler.ts';
import { lint, lintEach } from '../template/lint.ts';
import { fields, list, statementsOf } from '../template/template.ts';
import { attached, deployed, file, httpTemplate, propertiesOf, targetOf } from './http-template.ts';
import { basic, oauth, sets, slots } from './parameter-sets.ts';
import { requestOf } from './request.ts';

const ask = startMatcher();

const order = JSON.parse(readFileSync(join(root, 'events/bus-order-placed.json'), 'utf8'));
const redriven = { source: 'salesforce-eventbridge.redrive', detail: { event: order } };

const secret = {
  apiKey: 'key',
  username: 'user',
  password: 'word',
  clientId: 'id',
  clientSecret: 'hush',
};

describe('destinations/http.yaml', () => {
  it('passes cfn-lint, and so does the connection of each kind of authorization', () => {
    const connections = Object.values(sets).map((values) => {
      const { resources, refusals } = deployed(values);
      expect(refusals).toEqual([]);
      return resources['Connection'] ?? {};
    });
    expect(lint([file])).toBe('');
    expect(lintEach(connections)).toBe('');
  });

  it.each(Object.entries(httpTemplate.Parameters))(
    '%s has a description, a constraint and one group of the console',
    (name, parameter) => {
      expect(String(parameter['Description'])).toMatch(/\.$/);
      const constraints = ['AllowedPattern', 'AllowedValues', 'MinValue'];
      expect(constraints.some((key) => key in parameter)).toBe(true);
      const { ParameterGroups } = fields(httpTemplate.Metadata['AWS::CloudFormation::Interface']);
      const grouped = list(ParameterGroups).flatMap((group) => list(fields(group)['Parameters']));
      expect(grouped.filter((one) => one === name)).toHaveLength(1);
    },
  );

  it.each([
    ['every event of the bus', { ...basic, DetailTypes: '*' }, 'Name the events'],
    ['two bodies', { ...basic, InputPath: '$.detail', InputTemplate: '{}' }, 'not both'],
    ['OAuth without a token endpoint', { ...oauth, TokenEndpoint: '' }, 'needs TokenEndpoint'],
    ['a scope without OAuth', { ...basic, Scope: 'all' }, 'for OAUTH_CLIENT_CREDENTIALS only'],
    ['a second path parameter alone', { ...basic, PathParameter2: '$.id' }, 'PathParameter2 needs'],
    ['a value without a name', { ...basic, QueryValue3: 'x' }, 'QueryValue3 needs QueryName3'],
    ['fixed headers at a private token endpoint', { ...sets.private, ...slots }, 'allows no fixed'],
    [
      'plain http',
      { ...basic, Endpoint: 'http://api.example' },
      'Endpoint "http://api.example" must be an https URL',
    ],
    ['a path that is none', { ...basic, Path1: 'detail.id' }, 'Path1 "detail.id" must be a path'],
    ['a name that rules cannot have', { ...basic, DestinationName: 'Slack!' }, 'DestinationName'],
    ['another bus than a redrive bus', { ...basic, RedriveBusName: 'main' }, 'RedriveBusName'],
  ])('refuses %s', (_what, values, refusal) => {
    expect(deployed(values).refusals.join()).toContain(refusal);
  });

  it('accepts http on loopback, for the local stack', () => {
    const values = {
      ...oauth,
      Endpoint: 'http://127.0.0.1:80/*/*',
      TokenEndpoint: 'http://localhost',
    };
    expect(deployed(values).refusals).toEqual([]);
  });
});

describe('the request', () => {
  it('has the fixed parameters, and the API key with its scheme', () => {
    const { resources } = deployed({ ...sets.apiKey, InputPath: '$.detail.customer' });
    expect(requestOf({ resources, secret, event: order })).toEqual({
      method: 'POST',
      url: 'https://api.example/orders?notify=yes+%26+no',
      headers: { 'X-Tenant': 'eu', Accept: 'application/json', Authorization: 'Bearer key' },
      body: { ...order.detail.customer, channel: '#orders' },
    });
  });

  it('fills the path in order and URL-encodes each value', () => {
    const { resources } = deployed({ ...oauth, HttpMethod: 'PUT', InputPath: '$.detail' });
    expect(requestOf({ resources, secret, event: order })).toMatchObject({
      method: 'PUT',
      url: 'https://api.example/customers/C-4711%2FEU/orders/ORD-12345',
      body: order.detail,
    });
  });

  it.each([
    ['the whole event', {}],
    ['a part of it', { InputPath: '$.detail.customer' }],
    [
      'a template',
      { InputTemplate: '{"id": <p1>, "all": <p8>}', Path1: '$.id', Path8: '$.detail' },
    ],
  ])('is the same from the redrive rule and the wrapped event: %s', (_what, body) => {
    const { resources } = deployed({ ...oauth, ...body });
    const rule = 'DestinationRedriveRule';
    expect(requestOf({ resources, secret, event: redriven, rule })).toEqual(
      requestOf({ resources, secret, event: order }),
    );
  });
});

describe('the rule and its redrive rule', () => {
  const { resources } = deployed(sets.oauth);

  it('are named after the main stack, as RuleDlq and the reprocessor expect', () => {
    expect(propertiesOf(resources, 'DestinationRule')).toMatchObject({
      Name: 'main-to-shop',
      EventBusName: 'main',
    });
    expect(propertiesOf(resources, 'DestinationRedriveRule')).toMatchObject({
      Name: 'main-to-shop-redrive',
      EventBusName: 'main-redrive',
    });
    expect(propertiesOf(resources, 'ConnectionStateRule')['Name']).toMatch(/^main-/);
  });

  it('retry, and then leave the event in RuleDlq', () => {
    for (const rule of ['DestinationRule', 'DestinationRedriveRule']) {
      expect(targetOf(resources, rule)).toMatchObject({
        Arn: 'ApiDestination.Arn',
        RoleArn: 'DestinationRole.Arn',
        DeadLetterConfig: { Arn: attached['RuleDlqArn'] },
        RetryPolicy: { MaximumRetryAttempts: '185', MaximumEventAgeInSeconds: '86400' },
      });
    }
  });

  it('match their own events only', async () => {
    const pattern = propertiesOf(resources, 'DestinationRule')['EventPattern'];
    const redrive = propertiesOf(resources, 'DestinationRedriveRule')['EventPattern'];
    const named = (rule: string) => ({ ...redriven, detail: { rule, event: order } });
    const { resources: bySource } = deployed({ ...basic, Sources: 'a, b', DetailTypes: '*' });
    const sources = propertiesOf(bySource, 'DestinationRule')['EventPattern'];
    expect(
      await ask([
        { pattern, event: order },
        { pattern, event: { ...order, 'detail-type': 'Order Lost' } },
        { pattern: redrive, event: named('main-to-shop') },
        { pattern: redrive, event: named('main-to-other') },
        { pattern: sources, event: { ...order, source: 'b' } },
        { pattern: sources, event: order },
      ]),
    ).toEqual([true, false, true, false, true, false]);
  });

  it('match every source with *, but those of the main stack and of partners', async () => {
    const { resources: all } = deployed({ ...basic, Sources: '*' });
    const pattern = propertiesOf(all, 'DestinationRule')['EventPattern'];
    const sources = ['com.example', 'salesforce-eventbridge', 'salesforce-eventbridge.redrive'];
    const questions = [...sources, 'aws.partner/shop.example/1'].map((source) => ({
      pattern,
      event: { ...order, source },
    }));
    expect(await ask(questions)).toEqual([true, false, false, false]);
  });

  it('may invoke only the one destination', () => {
    const [statement, ...others] = statementsOf(Object(resources['DestinationRole']));
    expect(others).toEqual([]);
    expect(statement).toMatchObject({
      Action: ['events:InvokeApiDestination'],
      Resource: ['ApiDestination.Arn'],
    });
  });

  it('raise an alarm and notify the topic if the connection can no longer be used', () => {
    const { resources: notified } = deployed(sets.private);
    expect(targetOf(notified, 'ConnectionStateRule')['Arn']).toBe(sets.private.AlarmTopicArn);
    expect(propertiesOf(resources, 'ConnectionStateRule')['Targets']).toBeUndefined();
    expect(propertiesOf(notified, 'ConnectionStateAlarm')).toMatchObject({
      MetricName: 'TriggeredRules',
      Dimensions: [{ Name: 'RuleName', Value: 'ConnectionStateRule' }],
      AlarmActions: [sets.private.AlarmTopicArn],
    });
  });
});
