import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWildcard, missingFrom, parsePolicy } from '../../../cli/doctor/policy.ts';

const needed = {
  Sid: 'Needed',
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: '*',
  Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
};

const isMissing = (given: object): boolean =>
  missingFrom(
    parsePolicy(JSON.stringify({ Statement: given })),
    parsePolicy(JSON.stringify([needed])),
  ).length > 0;

describe('missingFrom', () => {
  it.each([
    ['itself', {}],
    ['more actions', { Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt'] }],
    ['wildcards', { Action: 'kms:*' }],
    ['a wildcard in an action', { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }],
    ['another case', { Action: ['kms:decrypt', 'KMS:GenerateDataKey'] }],
    ['more principals', { Principal: { Service: ['logs.amazonaws.com', 'events.amazonaws.com'] } }],
    ['any principal', { Principal: '*' }],
    ['no condition', { Condition: undefined }],
    [
      'more values',
      { Condition: { StringEquals: { 'aws:SourceAccount': ['1', '123456789012'] } } },
    ],
  ])('accepts a needed statement covered by %s', (_what, change) =>
    expect(isMissing({ ...needed, ...change })).toBe(false),
  );

  it.each([
    ['a denial', { Effect: 'Deny' }],
    ['fewer actions', { Action: 'kms:Decrypt' }],
    ['another principal', { Principal: { Service: 'logs.amazonaws.com' } }],
    ['the account, which is not a service', { Principal: { AWS: '123456789012' } }],
    ['another value', { Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }],
    [
      'one more condition',
      {
        Condition: {
          ...needed.Condition,
          ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/one' },
        },
      },
    ],
  ])('reports a needed statement not covered by %s', (_what, change) =>
    expect(isMissing({ ...needed, ...change })).toBe(true),
  );

  it("matches an account's root user by ARN and by account id", () => {
    const root = { ...needed, Principal: { AWS: 'arn:aws:iam::123456789012:root' } };
    const byNumber = { ...needed, Principal: { AWS: '123456789012' } };
    expect(
      missingFrom(parsePolicy(JSON.stringify([byNumber])), parsePolicy(JSON.stringify([root]))),
    ).toEqual([]);
  });

  it('finds every statement covered by itself', () => {
    const text = fc.stringMatching(/^[\w:/.*?-]{1,20}$/);
    const statements = fc.record({
      Effect: fc.constant('Allow'),
      Principal: fc.record({ AWS: text }),
      Action: fc.array(text, { minLength: 1 }),
      Condition: fc.dictionary(text, fc.dictionary(text, fc.array(text, { minLength: 1 }))),
    });
    fc.assert(
      fc.property(fc.array(statements), (list) => {
        const parsed = parsePolicy(JSON.stringify(list));
        expect(missingFrom(parsed, parsed)).toEqual([]);
      }),
    );
  });
});

it('matches the wildcards of IAM only', () => {
  expect(matchesWildcard('arn:aws:events:*:rule/a?', 'arn:aws:events:eu:1:rule/ab')).toBe(true);
  expect(matchesWildcard('a.c', 'abc')).toBe(false);
});
