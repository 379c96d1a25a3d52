import { describe, expect, it } from 'vitest';
import { inSet, resourcesOf, setNames } from './sets.ts';
import { fields, list } from './template.ts';

/** test/iam checks that each of these edges is permitted. */
describe.each(setNames)('%s', (set) => {
  it('has a dead-letter queue and retries for every target of a rule', () => {
    for (const [id, { Properties }] of resourcesOf(set, 'AWS::Events::Rule'))
      for (const target of list(Properties['Targets']).map(fields)) {
        const queue = String(fields(target['DeadLetterConfig'])['Arn']);
        expect([id, inSet(set, queue).Type]).toEqual([id, 'AWS::SQS::Queue']);
        expect(Number(fields(target['RetryPolicy'])['MaximumRetryAttempts'])).toBeGreaterThan(0);
      }
  });

  it('has both permissions that AWS requires for a public function URL', () => {
    const open = resourcesOf(set, 'AWS::Lambda::Url').filter(
      ([, { Properties }]) => Properties['AuthType'] === 'NONE',
    );
    for (const [, { Properties }] of open) {
      const permissions = resourcesOf(set, 'AWS::Lambda::Permission').filter(
        ([, other]) => other.Properties['FunctionName'] === Properties['TargetFunctionArn'],
      );
      expect(permissions.map(([, other]) => other.Properties['Action']).sort()).toEqual([
        'lambda:InvokeFunction',
        'lambda:InvokeFunctionUrl',
      ]);
    }
  });

  it('has a visibility timeout of six function timeouts, and a DLQ with the retention of its source', () => {
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Lambda::EventSourceMapping')) {
      const { Timeout } = inSet(set, Properties['FunctionName']).Properties;
      const queue = inSet(set, Properties['EventSourceArn']).Properties;
      const dlq = inSet(set, fields(queue['RedrivePolicy'])['deadLetterTargetArn']).Properties;
      expect(Number(queue['VisibilityTimeout'])).toBeGreaterThanOrEqual(6 * Number(Timeout));
      expect(Number(dlq['MessageRetentionPeriod'])).toBeGreaterThanOrEqual(
        Number(queue['MessageRetentionPeriod']),
      );
    }
  });

  it('says nothing about whether a poller is on: a pause decides that, and a deployment does not end it', () => {
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Lambda::EventSourceMapping'))
      expect(Properties).not.toHaveProperty('Enabled');
  });
});
