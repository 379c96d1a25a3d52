import { describe, expect, it } from 'vitest';
import { resourcesOf, setNames } from './sets.ts';
import { resolveStack } from './stack.ts';
import { fields, list, template } from './template.ts';

/** Resource types that DataDeletionPolicy applies to. */
const DATA = ['AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::DynamoDB::Table'];

const isData = ({ Type }: { readonly Type: string }): boolean => DATA.includes(Type);

describe.each(['Retain', 'Delete'])('DataDeletionPolicy=%s', (DataDeletionPolicy) => {
  const { Resources } = resolveStack({ DataDeletionPolicy });

  it('applies to every queue, bucket and table, and a replacement deletes none', () => {
    const data = Object.values(Resources).filter(isData);
    expect(data.length).toBeGreaterThan(5);
    for (const { DeletionPolicy, UpdateReplacePolicy } of data)
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([DataDeletionPolicy, 'Retain']);
  });
});

it('a DeletionPolicy from a parameter is on unconditional resources only: CloudFormation refuses it on others', () => {
  const byParameter = Object.values(template.Resources).filter(
    ({ DeletionPolicy }) => typeof DeletionPolicy === 'object',
  );
  expect(byParameter.filter(({ Condition }) => Condition !== undefined)).toEqual([]);
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
    for (const [, { Properties }] of groups) expect(Properties['RetentionInDays']).toBe('30');
    const used = resourcesOf(set, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => fields(Properties['LoggingConfig'])['LogGroup'],
    );
    expect(used.sort()).toEqual(groups.map(([id]) => `\${${id}}`).sort());
  });
});
