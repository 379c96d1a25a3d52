import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { cloudEvents, connection, everything } from './destination-parameters.ts';
import { lintEach } from './lint.ts';
import { fields, type Json, list, resource, statementsOf, template } from './template.ts';

const resolved = (parameters: Record<string, string>) => resolveTemplate(template, parameters);
const idsOf = (parameters: Record<string, string>, pattern: RegExp): string[] =>
  Object.keys(resolved(parameters).resources).filter((id) => pattern.test(id));

const DESTINATIONS =
  /^(SalesforceConnection|PlatformEvent|Contact|CloudEvents|Destination|Partner|Forward|ConnectionState)/;

const platformEvent = { ...connection, PlatformEventName: 'Carbon_Estimate__e' };
const contact = { ...connection, ContactExternalIdField: 'Customer_Id__c' };

describe('optional destinations', () => {
  it('are not created by default', () => {
    expect(resolved({}).refusals).toEqual([]);
    expect(idsOf({}, DESTINATIONS)).toEqual([]);
  });

  it.each([
    ['a platform event', platformEvent, ['PlatformEvent', 'SalesforceConnection']],
    ['Contacts', contact, ['Contact', 'SalesforceConnection']],
    ['CloudEvents', cloudEvents, ['CloudEvents']],
  ])('of %s create their own resources and no others', (_name, parameters, own) => {
    const ids = idsOf(parameters, DESTINATIONS);
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

  it('are refused if their parameters are incomplete', () => {
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
  ])('refuse %s=%s', (name, value) => {
    expect(resolved({ ...everything, [name]: value }).refusals.join()).toContain(name);
  });
});

describe('connections', () => {
  const { resources } = resolved(everything);
  const propertiesOf = (id: string): Json => fields(resources[id]?.['Properties']);

  it('read every credential from one version of the secret', () => {
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

  it('have no user with the client credentials flow', () => {
    const alone = JSON.stringify(resolved(platformEvent).resources['SalesforceConnection']);
    expect(alone).toContain('"client_credentials"');
    expect(alone).not.toMatch(/username|"password"/);
  });

  it('use the given private endpoints and the given key', () => {
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

  it('pass cfn-lint, the smallest and the largest', () => {
    const each = [platformEvent, cloudEvents, everything].flatMap((parameters) => {
      const { SalesforceConnection, CloudEventsConnection } = resolved(parameters).resources;
      return [SalesforceConnection ?? [], CloudEventsConnection ?? []].flat();
    });
    expect(each).toHaveLength(4);
    expect(lintEach(each)).toBe('');
  });

  it('fail cfn-lint if they are invalid', () => {
    const wrong = { Type: 'AWS::Events::Connection', Properties: { AuthorizationType: 'NONE' } };
    expect(() => lintEach([wrong])).toThrow();
  });

  it('raise an alarm through the rule for connection events', () => {
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
    // The default bus has the event already. Sent there again, it would match again.
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

  it('are all that the role may invoke, each only if it exists', () => {
    const invocable = (parameters: Record<string, string>): unknown => {
      const [statement] = statementsOf(Object(resolved(parameters).resources['DestinationRole']));
      return statement?.Resource;
    };
    expect(invocable(contact)).toEqual(['ContactDestination.Arn']);
    expect(invocable(everything)).toEqual([
      'PlatformEventDestination.Arn',
      'ContactDestination.Arn',
      'CloudEventsDestination.Arn',
    ]);
    expect(statementsOf(resource('DestinationRole'))).toHaveLength(1);
  });

  it('are retried as the parameters define, by rules and redrive rules', () => {
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
