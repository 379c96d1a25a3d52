import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../local/stack/paths.ts';
import { lint } from '../template/lint.ts';

const file = join(root, 'destinations/custom-event-bus.yaml');
const text = readFileSync(file, 'utf8');
const { Resources } = parse(text, { logLevel: 'silent' });
const page = readFileSync(join(root, 'docs/custom-event-bus.md'), 'utf8');

describe('destinations/custom-event-bus.yaml', () => {
  it('passes cfn-lint, with the resource schemas of CloudFormation', () => {
    expect(lint([file])).toBe('');
  });

  it('retries as long as a classic rule, and loses nothing when it gives up', () => {
    for (const { Properties } of [Resources.ApiCallSubscriber, Resources.Redelivery]) {
      const { RetryPolicy, OnFailureConfiguration } = Properties;
      expect(RetryPolicy).toEqual({ MaxRetryAttempts: 185, MaxEventAgeInSeconds: 86_400 });
      expect(OnFailureConfiguration.Arn).toBeDefined();
    }
  });

  it('may send to the queue of requests and to that of failure records', () => {
    const [{ PolicyDocument }] = Resources.DeliveryRole.Properties.Policies;
    const [{ Action, Resource }] = PolicyDocument.Statement;
    expect(Action).toBe('sqs:SendMessage');
    expect(Resource).toHaveLength(2);
  });

  it('is marked as not run on AWS, and so is the page', () => {
    expect(text).toContain('not run on AWS');
    expect(page).toContain('not run on AWS');
  });
});
