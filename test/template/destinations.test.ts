import { describe, expect, it } from 'vitest';
import { cloudEvents, connection, everything } from './destination-parameters.ts';
import { lintEach } from './lint.ts';
import { resolveTemplate } from './resolve.ts';
import { fields, type Json, list, resource, statementsOf, template } from './template.ts';

const resolved = (parameters: Record<string, string>) => resolveTemplate(template, parameters);
const made = (parameters: Record<string, string>, pattern: RegExp): string[] =>
  Object.keys(resolved(parameters).resources).filter((id) => pattern.test(id));

const DESTINATIONS =
  /^(SalesforceConnection|PlatformEvent|Contact|CloudEvents|Destination|Partner|Forward|ConnectionState)/;

const platformEvent = { ...connection, PlatformEventName: 'Carbon_Estimate__e' };
const contact = { ...connection, ContactExternalIdField: 'Customer_Id__c' };

describe('what is not asked for', () => {
  it('is not made', () => {
    expect(resolved({}).refusals).toEqual([]);
    expect(made({}, DESTINATIONS)).toEqual([]);
  });

  it.each([
    ['a platform event', platformEvent, ['PlatformEvent', 'SalesforceConnection']],
    ['Contacts', contact, ['Contact', 'SalesforceConnection']],
    ['CloudEvents', cloudEvents, ['CloudEvents']],
  ])('but %s needs its own resources and no others', (_name, parameters, own) => {
    const ids = made(parameters, DESTINATIONS);
    const shared = [
      'ConnectionStateAlarm',
      'ConnectionStateRule',
      'DestinationRole',
      'ForwardRole',
    ];
    expect(resolved(parameters).refusals).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(shared));
    const others = ids.filter((id) => !shared.includes(id));
    expect(others.filter((id) => !own.some((prefix) => id.startsWith(prefix)))).toEqual([]);
    expect(others.length).toBeGreaterThanOrEqual(4);
  });

  it('is refused when it is half given', () => {
    const refusals = (parameters: Record<string, string>) => resolved(parameters).refusals.join();
    for (const name of Object.keys(connection)) {
      const { [name as keyof typeof connection]: _left, ...rest } = platformEvent;
      expect(refusals(rest)).toContain('API destinations need SalesforceMyDomainUrl');
    }
    for (const name of Object.keys(cloudEvents)) {
      const { [name as keyof typeof cloudEvents]: _left, ...rest } = cloudEvents;
      expect(refusals(rest)).toContain('CloudEvents need CloudEventsEndpoint');
    }
    expect(refusals(connection)).toContain('give PlatformEventName or ContactExternalIdField');
    const { ConnectionKmsKeyArn } = everything;
    expect(refusals({ ConnectionKmsKeyArn })).toContain('ConnectionKmsKeyArn is for connections');
    expect(refusals({ ContactExternalIdField: 'Id__c' })).toContain('API destinations need');
    expect(refusals({ ConnectionGrantType: 'password' })).toContain('API destinations need');
  });

  it.each([
    ['CloudEventsEndpoint', 'http://broker.example/events'],
    ['CloudEventsEndpoint', 'https://broker.example/*'],
    ['PartnerEventSourceName', 'salesforce.com/00D/0YL'],
    ['PartnerEventSourceName', 'aws.partner/salesforce.com'],
    ['ContactExternalIdField', 'Customer Id'],
    ['ConnectionGrantType', 'jwt'],
    ['DestinationMaxRetryAttempts', '0'],
  ])('%s is refused as %s', (name, value) => {
    expect(resolved({ ...everything, [name]: value }).refusals.join()).toContain(name);
  });
});

describe('connections', () => {
  const { resources } = resolved(everything);
  const propertiesOf = (id: string): Json => fields(resources[id]?.['Properties']);

  it('get every credential from the secret, by its version', () => {
    const text = JSON.stringify(propertiesOf('SalesforceConnection'));
    for (const field of ['clientId', 'clientSecret', 'username', 'password']) {
      const { ConnectionSecretArn, ConnectionSecretVersionId } = connection;
      expect(text).toContain(
        `{{resolve:secretsmanager:${ConnectionSecretArn}:SecretString:${field}::${ConnectionSecretVersionId}}}`,
      );
    }
    expect(JSON.stringify(propertiesOf('CloudEventsConnection'))).toContain(
      `{{resolve:secretsmanager:${cloudEvents.CloudEventsSecretArn}:SecretString:apiKey::version-2}}`,
    );
  });

  it('name no user where the app logs in by itself', () => {
    const alone = JSON.stringify(resolved(platformEvent).resources['SalesforceConnection']);
    expect(alone).toContain('"client_credentials"');
    expect(alone).not.toMatch(/username|"password"/);
  });

  it('go where they are told to, with the key that they are told', () => {
    const { ConnectionKmsKeyArn: KmsKeyIdentifier } = everything;
    const through = (ResourceConfigurationArn: string) => ({
      ResourceParameters: { ResourceConfigurationArn },
    });
    expect(propertiesOf('SalesforceConnection')).toMatchObject({
      KmsKeyIdentifier,
      InvocationConnectivityParameters: through(everything.ConnectionResourceConfigurationArn),
      AuthParameters: {
        ConnectivityParameters: through(everything.ConnectionOAuthResourceConfigurationArn),
        OAuthParameters: {
          AuthorizationEndpoint: 'https://example.my.salesforce.com/services/oauth2/token',
        },
      },
    });
    expect(propertiesOf('CloudEventsConnection')).toMatchObject({
      KmsKeyIdentifier,
      InvocationConnectivityParameters: through(everything.CloudEventsResourceConfigurationArn),
    });
    const publicly = fields(resolved(platformEvent).resources['SalesforceConnection']);
    expect(JSON.stringify(publicly)).not.toMatch(/Kms|Connectivity/);
  });

  it('are valid to cfn-lint, the smallest and the largest', () => {
    const each = [platformEvent, cloudEvents, everything].flatMap((parameters) => {
      const { SalesforceConnection, CloudEventsConnection } = resolved(parameters).resources;
      return [SalesforceConnection ?? [], CloudEventsConnection ?? []].flat();
    });
    expect(each).toHaveLength(4);
    expect(lintEach(each)).toBe('');
  });

  it('that are not valid would be found', () => {
    const wrong = { Type: 'AWS::Events::Connection', Properties: { AuthorizationType: 'NONE' } };
    expect(() => lintEach([wrong])).toThrow();
  });

  it('raise an alarm by the rule that watches their states', () => {
    expect(propertiesOf('ConnectionStateAlarm')).toMatchObject({
      Namespace: 'AWS/Events',
      MetricName: 'TriggeredRules',
      Dimensions: [{ Name: 'RuleName', Value: propertiesOf('ConnectionStateRule')['Name'] }],
    });
    const targets = (parameters: Record<string, string>) =>
      list(fields(resolved(parameters).resources['ConnectionStateRule']?.['Properties'])['Targets'])
        .map((target) => fields(target)['Id'])
        .filter((id) => id !== undefined);
    expect(targets(everything)).toEqual(['EventBus', 'AlarmTopic']);
    expect(targets(platformEvent)).toEqual(['EventBus']);
    // On the default bus the event is there already: sent to it once more, it would match again.
    expect(targets({ ...everything, EventBusName: 'default' })).toEqual(['AlarmTopic']);
    expect(targets({ ...platformEvent, EventBusName: 'default' })).toEqual([]);
  });
});

describe('destinations', () => {
  const { resources } = resolved(everything);

  it.each([
    [
      'PlatformEventDestination',
      'POST',
      'https://example.my.salesforce.com/services/data/v68.0/sobjects/Carbon_Estimate__e',
    ],
    [
      'ContactDestination',
      'PATCH',
      'https://example.my.salesforce.com/services/data/v68.0/sobjects/Contact/Customer_Id__c/*',
    ],
    ['CloudEventsDestination', 'POST', 'https://broker.example/events'],
  ])('%s calls %s %s', (id, HttpMethod, InvocationEndpoint) => {
    expect(resources[id]?.['Properties']).toMatchObject({
      HttpMethod,
      InvocationEndpoint,
      InvocationRateLimitPerSecond: '10',
    });
  });

  it('are what the role may invoke, each only while it is there', () => {
    const invokable = (parameters: Record<string, string>): unknown => {
      const [statement] = statementsOf(Object(resolved(parameters).resources['DestinationRole']));
      return statement?.Resource;
    };
    expect(invokable(contact)).toEqual(['ContactDestination.Arn']);
    expect(invokable(everything)).toEqual([
      'PlatformEventDestination.Arn',
      'ContactDestination.Arn',
      'CloudEventsDestination.Arn',
    ]);
    expect(statementsOf(resource('DestinationRole'))).toHaveLength(1);
  });

  it('are retried as the parameters say, by rules and twins alike', () => {
    const { resources: some } = resolved({
      ...everything,
      DestinationMaxRetryAttempts: '7',
      DestinationMaxEventAgeSeconds: '600',
    });
    const rules = Object.entries(some).filter(([id]) =>
      /^(PlatformEvent|Contact|CloudEvents)(Redrive)?Rule$/.test(id),
    );
    expect(rules).toHaveLength(6);
    for (const [, { Properties }] of rules) {
      const [target] = list(fields(Properties)['Targets']);
      expect(fields(target)['RetryPolicy']).toEqual({
        MaximumRetryAttempts: '7',
        MaximumEventAgeInSeconds: '600',
      });
    }
  });
});
