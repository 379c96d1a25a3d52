import { describe, expect, it } from 'vitest';
import { parameterSets, resourcesOf, setNames } from './sets.ts';
import { fields, list, template } from './template.ts';

/** Types of the resources whose contents can't be made again. */
const DATA = ['AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::KMS::Key'];

const policies = Object.entries(template.Resources).map(
  ([id, { Type, DeletionPolicy, UpdateReplacePolicy }]) => ({
    id,
    isData: DATA.includes(Type),
    policies: [DeletionPolicy, UpdateReplacePolicy],
  }),
);

it('keeps every queue, bucket, table and key when the stack or the resource is deleted, except in a failed creation', () => {
  const data = policies.filter(({ isData }) => isData);
  expect(data.length).toBe(8);
  for (const one of data)
    expect(one).toMatchObject({ policies: ['RetainExceptOnCreate', 'Retain'] });
});

it('leaves nothing but data behind', () => {
  for (const { id, isData, policies: both } of policies)
    if (!isData) expect([id, both[0] ?? 'Delete']).toEqual([id, 'Delete']);
});

it('has literal policies: CloudFormation accepts no function in them without a further transform', () => {
  for (const { id, policies: both } of policies)
    for (const policy of both)
      expect([id, ['string', 'undefined']]).toEqual([id, expect.arrayContaining([typeof policy])]);
});

describe.each(setNames)('%s', (set) => {
  it('keeps buckets private, owned by the account and accessible over TLS only', () => {
    for (const [id, { Properties }] of resourcesOf(set, 'AWS::S3::Bucket')) {
      const access = fields(Properties['PublicAccessBlockConfiguration']);
      expect(Object.entries(access).filter(([, value]) => value !== true)).toEqual([]);
      expect(Object.keys(access)).toHaveLength(4);
      const [policy] = resourcesOf(set, 'AWS::S3::BucketPolicy').filter(
        ([, other]) => other.Properties['Bucket'] === `\${${id}}`,
      );
      const [statement] = list(fields(policy?.[1].Properties['PolicyDocument'])['Statement']);
      expect(statement).toMatchObject({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`\${${id}.Arn}`, `\${${id}.Arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  it('has point-in-time recovery for the table and versions for parked messages', () => {
    for (const [, { Properties }] of resourcesOf(set, 'AWS::DynamoDB::Table'))
      expect(Properties['PointInTimeRecoverySpecification']).toEqual({
        PointInTimeRecoveryEnabled: true,
      });
    const park = resourcesOf(set, 'AWS::S3::Bucket').find(([id]) => id === 'ParkBucket');
    expect(park?.[1].Properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
  });

  it('has a log group for every function, with the retention of the parameter', () => {
    const groups = resourcesOf(set, 'AWS::Logs::LogGroup');
    const days = parameterSets[set]?.['LogRetentionDays'] ?? '30';
    for (const [, { Properties }] of groups) expect(Properties['RetentionInDays']).toBe(days);
    const used = resourcesOf(set, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => fields(Properties['LoggingConfig'])['LogGroup'],
    );
    expect(used.sort()).toEqual(groups.map(([id]) => `\${${id}}`).sort());
  });
});
