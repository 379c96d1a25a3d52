import { describe, expect, it } from 'vitest';
import { inSet, parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { fields, statementsOf } from './template.ts';

/** test/iam checks who may use the key. */

const keyOf = (set: string): string | undefined => {
  const { Encryption, EncryptionKeyArn } = parameterSets[set] ?? {};
  return Encryption === 'stack-key' ? '${EncryptionKey.Arn}' : EncryptionKeyArn;
};

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

  it('encrypts everything that stores data', () => {
    for (const [type, path] of Object.entries(keyProperties))
      for (const [id, { Properties }] of resourcesOf(set, type))
        expect([id, at(Properties, path)]).toEqual([id, key]);
  });

  it('has a dead-letter queue for events that a bus cannot encrypt or decrypt', () => {
    for (const [id, { Properties }] of resourcesOf(set, 'AWS::Events::EventBus'))
      expect([id, Properties['DeadLetterConfig']]).toEqual([id, { Arn: '${RuleDlq.Arn}' }]);
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
