import { describe, expect, it } from 'vitest';
import { pseudo } from '../../local/template/resolve.ts';
import { inSet, permits, roleOf } from './policy.ts';
import { parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { fields, list, type Statement, statementsOf, toStatement } from './template.ts';

const account = pseudo['AWS::AccountId'] ?? '';
const region = pseudo['AWS::Region'] ?? '';

const keyOf = (set: string): string | undefined => {
  const { Encryption, EncryptionKeyArn } = parameterSets[set] ?? {};
  return Encryption === 'stack-key' ? '${EncryptionKey.Arn}' : EncryptionKeyArn;
};

/** The policy of the stack's key, or the statements that the output requires of an existing key. */
function keyPolicy(set: string): Statement[] {
  const given = resolvedSet(set).Outputs['EncryptionKeyPolicy'];
  const statements = given
    ? JSON.parse(String(given['Value']))
    : list(fields(inSet(set, 'EncryptionKey').Properties['KeyPolicy'])['Statement']);
  return list(statements).map(toStatement);
}

/** The path of the key in each resource type that stores data. */
const keyProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::SQS::Queue': ['KmsMasterKeyId'],
  'AWS::S3::Bucket': [
    'BucketEncryption',
    'ServerSideEncryptionConfiguration',
    '0',
    'ServerSideEncryptionByDefault',
    'KMSMasterKeyID',
  ],
  'AWS::DynamoDB::Table': ['SSESpecification', 'KMSMasterKeyId'],
  'AWS::Logs::LogGroup': ['KmsKeyId'],
  'AWS::SecretsManager::Secret': ['KmsKeyId'],
  'AWS::Events::EventBus': ['KmsKeyIdentifier'],
  'AWS::Events::Archive': ['KmsKeyIdentifier'],
  'AWS::Lambda::Function': ['KmsKeyArn'],
};

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => fields(inner)[name], value);

const services = ['dynamodb', 'ec2', 'lambda', 's3', 'secretsmanager', 'sns', 'sqs'];
const keyActions = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

/** The key permissions that a role's actions require (KMS sections of the services' Developer Guides). */
const needs: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^sqs:SendMessage/, ['kms:GenerateDataKey sqs', 'kms:Decrypt sqs']],
  [/^sqs:ReceiveMessage/, ['kms:Decrypt sqs']],
  [/^s3:PutObject/, ['kms:GenerateDataKey s3']],
  [/^s3:GetObject/, ['kms:Decrypt s3']],
  [/^secretsmanager:GetSecretValue/, ['kms:Decrypt secretsmanager']],
  [/^dynamodb:/, keyActions.map((action) => `${action} dynamodb`)],
];

/** Lambda decrypts the environment variables with the function's role. */
const neededBy = (role: readonly Statement[]): string[] => {
  const actions = role.flatMap(({ Action }) => Action.map(String));
  const wanted = needs.filter(([action]) => actions.some((one) => action.test(one)));
  return ['kms:Decrypt lambda', ...wanted.flatMap(([, need]) => need)];
};

const withKey = setNames.filter((set) => keyOf(set) !== undefined);

describe.each(setNames.filter((set) => keyOf(set) === undefined))('%s', (set) => {
  it('has no key and no permission on one, and uses AWS owned keys everywhere', () => {
    expect(JSON.stringify(resolvedSet(set))).not.toContain('kms:');
    for (const [type, path] of Object.entries(keyProperties))
      for (const [id, { Properties }] of resourcesOf(set, type))
        expect([id, at(Properties, path)]).toEqual([id, undefined]);
    for (const [, { Properties }] of resourcesOf(set, 'AWS::SQS::Queue'))
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
  });
});

describe.each(withKey)('%s', (set) => {
  const key = keyOf(set) ?? '';
  const viaService = (service: string) => ({
    'kms:ViaService': `${service}.${region}.amazonaws.com`,
  });

  it('encrypts everything that stores data', () => {
    for (const [type, path] of Object.entries(keyProperties))
      for (const [id, { Properties }] of resourcesOf(set, type))
        expect([id, at(Properties, path)]).toEqual([id, key]);
  });

  it('allows EventBridge to write to encrypted queues: without the permission, events are lost silently', () => {
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
      const wish = { action, resource: key, service: 'events.amazonaws.com' };
      const own = { 'aws:SourceAccount': account };
      expect(permits(keyPolicy(set), { ...wish, context: own })).toBe(true);
      const stranger = { 'aws:SourceAccount': '999999999999' };
      expect(permits(keyPolicy(set), { ...wish, context: stranger })).toBe(false);
    }
  });

  it('allows EventBridge to encrypt its buses and the archive', () => {
    const buses = resourcesOf(set, 'AWS::Events::EventBus').map(([, { Properties }]) =>
      String(Properties['Name']),
    );
    const archived = parameterSets[set]?.['EventBusName'] ?? 'stack';
    for (const bus of new Set([...buses, archived])) {
      const arn = `arn:aws:events:${region}:${account}:event-bus/${bus}`;
      for (const action of ['GenerateDataKey', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo']) {
        const wish = {
          action: `kms:${action}`,
          resource: key,
          service: 'events.amazonaws.com',
          context: { 'kms:EncryptionContext:aws:events:event-bus:arn': arn },
        };
        expect([bus, action, permits(keyPolicy(set), wish)]).toEqual([bus, action, true]);
      }
    }
  });

  it('has a dead-letter queue for events that a bus cannot encrypt or decrypt', () => {
    for (const [id, { Properties }] of resourcesOf(set, 'AWS::Events::EventBus')) {
      expect(Properties['DeadLetterConfig']).toEqual({ Arn: '${RuleDlq.Arn}' });
      const arn = `arn:aws:events:${region}:${account}:event-bus/${Properties['Name']}`;
      const statements = list(
        fields(inSet(set, 'RuleDlqPolicy').Properties['PolicyDocument'])['Statement'],
      ).map(toStatement);
      const wish = {
        action: 'sqs:SendMessage',
        resource: '${RuleDlq.Arn}',
        service: 'events.amazonaws.com',
        context: { 'aws:SourceArn': arn },
      };
      expect([id, permits(statements, wish)]).toEqual([id, true]);
    }
  });

  it('allows CloudWatch Logs to encrypt the log groups of the stack, and no others', () => {
    const service = `logs.${region}.amazonaws.com`;
    const may = (group: string) =>
      ['Encrypt', 'Decrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].every((action) =>
        permits(keyPolicy(set), {
          action: `kms:${action}`,
          resource: key,
          service,
          context: {
            'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:${group}`,
          },
        }),
      );
    for (const [id, { Properties }] of resourcesOf(set, 'AWS::Logs::LogGroup'))
      expect([id, may(String(Properties['LogGroupName']))]).toEqual([id, true]);
    expect(may('/aws/lambda/stranger')).toBe(false);
  });

  /** A role's permissions on the key, as `action service`. */
  const given = (role: readonly Statement[]): string[] =>
    keyActions.flatMap((action) =>
      services
        .filter((service) => permits(role, { action, resource: key, context: viaService(service) }))
        .map((service) => `${action} ${service}`),
    );

  it('allows each role the key actions it needs, through the services it uses only', () => {
    for (const [id, { Properties }] of resourcesOf(set, 'AWS::Lambda::Function')) {
      const role = roleOf(set, Properties['Role']);
      const missing = neededBy(role).filter((need) => !given(role).includes(need));
      expect([id, missing]).toEqual([id, []]);
      const needed = new Set(neededBy(role).map((need) => need.split(' ')[1]));
      const others = given(role).filter((need) => !needed.has(need.split(' ')[1]));
      expect([id, others]).toEqual([id, []]);
    }
  });

  it('allows no other role to use the key', () => {
    const functions = resourcesOf(set, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      inSet(set, Properties['Role']),
    );
    for (const [id, role] of resourcesOf(set, 'AWS::IAM::Role'))
      if (!functions.includes(role))
        expect([id, JSON.stringify(statementsOf(role)).includes('kms:')]).toEqual([id, false]);
  });
});

describe('the policy of a key', () => {
  const bySid = (set: string) =>
    Object.fromEntries(keyPolicy(set).map((statement) => [statement.Sid, statement]));

  it('is the same for the key of the stack and an existing key, apart from the administrator', () => {
    const { AccountAdministers, ...own } = bySid('everything with the key of the stack');
    const { RolesOfTheAccount, ...asked } = bySid('everything with an existing key');
    expect(asked).toEqual(own);
    expect(AccountAdministers?.Principal).toEqual(RolesOfTheAccount?.Principal);
  });

  it('of the stack belongs to a key that rotates and outlives the stack', () => {
    const key = inSet('everything with the key of the stack', 'EncryptionKey');
    expect(key.Properties['EnableKeyRotation']).toBe(true);
    expect([key.DeletionPolicy, key.UpdateReplacePolicy]).toEqual([
      'RetainExceptOnCreate',
      'Retain',
    ]);
  });

  it('of an existing key fits an output (4 KB)', () => {
    const { Value } = resolvedSet('everything with an existing key').Outputs[
      'EncryptionKeyPolicy'
    ] ?? { Value: '' };
    expect(String(Value).length).toBeLessThan(4_096);
  });
});
