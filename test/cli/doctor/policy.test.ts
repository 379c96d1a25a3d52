import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleNames } from '../../../cli/doctor/looks/events.ts';
import { like, missingFrom, parsePolicy } from '../../../cli/doctor/policy.ts';

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

describe('a needed statement', () => {
  it.each([
    ['itself', {}],
    ['more actions', { Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt'] }],
    ['wildcards', { Action: 'kms:*' }],
    ['a wildcard in an action', { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }],
    ['other letters', { Action: ['kms:decrypt', 'KMS:GenerateDataKey'] }],
    ['more principals', { Principal: { Service: ['logs.amazonaws.com', 'events.amazonaws.com'] } }],
    ['anybody', { Principal: '*' }],
    ['no condition', { Condition: undefined }],
    [
      'more values',
      { Condition: { StringEquals: { 'aws:SourceAccount': ['1', '123456789012'] } } },
    ],
  ])('is covered by %s', (_what, change) =>
    expect(isMissing({ ...needed, ...change })).toBe(false),
  );

  it.each([
    ['a denial', { Effect: 'Deny' }],
    ['fewer actions', { Action: 'kms:Decrypt' }],
    ['another principal', { Principal: { Service: 'logs.amazonaws.com' } }],
    ['the account, which is no service', { Principal: { AWS: '123456789012' } }],
    ['another value', { Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }],
    [
      'one condition more',
      {
        Condition: {
          ...needed.Condition,
          ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/one' },
        },
      },
    ],
  ])('is not covered by %s', (_what, change) =>
    expect(isMissing({ ...needed, ...change })).toBe(true),
  );

  it("knows an account's root by ARN and by number", () => {
    const root = { ...needed, Principal: { AWS: 'arn:aws:iam::123456789012:root' } };
    const byNumber = { ...needed, Principal: { AWS: '123456789012' } };
    expect(
      missingFrom(parsePolicy(JSON.stringify([byNumber])), parsePolicy(JSON.stringify([root]))),
    ).toEqual([]);
  });

  it('whatever it is, is covered by itself', () => {
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

it('wildcards are those of IAM, and nothing else', () => {
  expect(like('arn:aws:events:*:rule/a?', 'arn:aws:events:eu:1:rule/ab')).toBe(true);
  expect(like('a.c', 'abc')).toBe(false);
});

it.each([
  ['arn:aws:events:eu-west-1:1:rule/bus/rule', [{ EventBusName: 'bus', Name: 'rule' }]],
  ['arn:aws:events:eu-west-1:1:rule/rule', [{ Name: 'rule' }]],
  ['bus|rule', [{ EventBusName: 'bus', Name: 'rule' }]],
  [
    'arn:aws:events:eu-west-1:1:rule/aws.partner/salesforce.com/00D/0YL/rule',
    [{ EventBusName: 'aws.partner/salesforce.com/00D/0YL', Name: 'rule' }],
  ],
  [
    'rule',
    [
      { EventBusName: 'a', Name: 'rule' },
      { EventBusName: 'b', Name: 'rule' },
    ],
  ],
])('the rule %s is looked for as %o', (physicalId, names) =>
  expect(ruleNames(physicalId, ['a', 'b'])).toEqual(names),
);
