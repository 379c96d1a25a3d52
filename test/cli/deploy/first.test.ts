import { readFileSync } from 'node:fs';
import { CreateSecretCommand, DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, fakeAccount, STACK, stackWith } from '../environment/harness.ts';
import {
  ARN,
  answersChangeSet,
  file,
  handedOver,
  run,
  useEmptyFolder,
  writeFile,
} from './harness.ts';

useEmptyFolder();

describe('the first npm run deploy', () => {
  it('asks, writes the secrets and the file, and deploys', async () => {
    const fake = fakeAccount();
    answersChangeSet(fake);
    fake.secretsManager.on(CreateSecretCommand).resolves({ ARN });
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN });
    fake.sns
      .on(CreateTopicCommand)
      .resolves({ TopicArn: 'arn:aws:sns:eu-central-1:123456789012:t' });
    fake.sns.on(SubscribeCommand).resolves({});
    const { exitCode, output, questions } = await run([], fake, {
      'GitHub webhooks?': 'y',
      'GitHub webhook secret (': 'canary-secret',
      alarms: 'ops@example.com',
      'Deploy these': 'y',
    });
    expect(exitCode).toBe(0);
    expect(questions.some((question) => question.includes('Twilio auth token ('))).toBe(false);
    const [secret] = fake.secretsManager.commandCalls(CreateSecretCommand);
    expect(secret?.args[0].input).toMatchObject({
      Name: `${STACK}/github-webhook`,
      SecretString: 'canary-secret',
    });
    const [topic] = fake.sns.commandCalls(CreateTopicCommand);
    const { Statement } = JSON.parse(topic?.args[0].input.Attributes?.['Policy'] ?? '');
    // EventBridge can't meet a condition of a topic's policy.
    expect(Statement).toEqual([
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
      }),
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: '*',
      },
    ]);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`Account: "${ACCOUNT}"`);
    expect(text).toContain(`GitHubWebhookSecretArn: ${ARN}`);
    expect(text).toContain('AlarmTopicArn: arn:aws:sns');
    expect(`${text}${output}`).not.toContain('canary-secret');
    expect(handedOver(fake)).toMatchObject({
      GitHubWebhookSecret: '',
      GitHubWebhookSecretArn: ARN,
    });
  });

  it('reserves what the account allows', async () => {
    const fake = fakeAccount({ unreserved: 10 });
    answersChangeSet(fake);
    fake.secretsManager.on(DescribeSecretCommand).resolves({ ARN });
    const answers = { 'GitHub webhooks?': 'y', 'ARN of an existing secret with the webhook': ARN };
    const { output } = await run([], fake, { ...answers, 'Deploy these': 'y' });
    expect(output).toContain('too few to reserve 10 for each webhook');
    expect(readFileSync(file, 'utf8')).toContain('WebhookReservedConcurrency: -1');
  });

  it('makes the file of a stack that is deployed already', async () => {
    const fake = fakeAccount({ stack: stackWith({ PreviousSecretHours: '0', MaxAttempts: '8' }) });
    answersChangeSet(fake, []);
    const { exitCode, questions } = await run([], fake, {});
    expect(exitCode).toBe(0);
    expect(questions.some((question) => question.includes('GitHub'))).toBe(false);
    expect(readFileSync(file, 'utf8')).toMatch(/PreviousSecretHours: 0\n {2}MaxAttempts: 8\n/);
    expect(handedOver(fake)).toMatchObject({ GitHubWebhookSecret: '(previous)', MaxAttempts: '8' });
  });

  it('asks whether a name that resembles one of another environment is right', async () => {
    writeFile();
    const { exitCode, questions } = await run(['--env', 'prodution'], fakeAccount(), {});
    expect(questions).toEqual([
      'There is no environment prodution. Did you mean production? Create prodution? [y/N]',
    ]);
    expect(exitCode).toBe(130);
  });
});
