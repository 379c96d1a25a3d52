import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeConnectionCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { fields } from '../../template/template.ts';
import { doctor, keyPolicy, type Stack, wellStack } from './kit.ts';

const named = (name: string) => Object.assign(new Error(`${name} of AWS`), { name });
const withoutStatement = (sid: string) => ({
  Statement: keyPolicy().Statement.filter((one) => fields(one)['Sid'] !== sid),
});

/** What is broken, how, and what the doctor has to say of it and of what to do. */
const faults: readonly (readonly [string, (stack: Stack) => unknown, RegExp, RegExp])[] = [
  [
    'a bus that does not exist',
    ({ eventBridge }) =>
      eventBridge.on(DescribeEventBusCommand).rejects(named('ResourceNotFoundException')),
    /failed {3}event bus stack: does not exist/,
    /→ Create it, or deploy with another EventBusName/,
  ],
  [
    'a rule that is off',
    ({ eventBridge }) => eventBridge.on(DescribeRuleCommand).resolves({ State: 'DISABLED' }),
    /failed {3}rule ApiCallRule: is DISABLED/,
    /→ Deploy the stack again/,
  ],
  [
    'a rule that is gone',
    ({ eventBridge }) =>
      eventBridge.on(DescribeRuleCommand).rejects(named('ResourceNotFoundException')),
    /failed {3}rule ApiCallRule: is gone/,
    /→ Deploy the stack again/,
  ],
  [
    'a connection without authorization',
    ({ eventBridge }) =>
      eventBridge.on(DescribeConnectionCommand).resolves({ ConnectionState: 'DEAUTHORIZED' }),
    /failed {3}connection SalesforceConnection: DEAUTHORIZED/,
    /→ Put the credentials right/,
  ],
  [
    'a disabled key',
    ({ kms }) =>
      kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', KeyState: 'Disabled' } }),
    /failed {3}encryption key: .* is Disabled/,
    /→ aws kms enable-key/,
  ],
  ...[
    'RolesOfTheAccount',
    'EventBridgeFindsKey',
    'BusesAndArchive',
    'RulesToQueues',
    'LogGroups',
  ].map(
    (sid) =>
      [
        `a key policy without ${sid}`,
        ({ kms }: Stack) =>
          kms.on(GetKeyPolicyCommand).resolves({ Policy: JSON.stringify(withoutStatement(sid)) }),
        new RegExp(`failed {3}key policy: ${sid}`),
        new RegExp(`→ Add the statement ${sid} of the output EncryptionKeyPolicy`),
      ] as const,
  ),
  [
    'a queue without its policy',
    ({ sqs }) => sqs.on(GetQueueAttributesCommand, { QueueUrl: 'RuleDlq' }).resolves({}),
    /failed {3}queue RuleDlq: its policy does not let in .*rule\/stack\/stack-any and .*rule\/stack-redrive\/stack-any/,
    /→ Deploy the stack again/,
  ],
  [
    'a queue with another key',
    ({ sqs }) => sqs.on(GetQueueAttributesCommand, { QueueUrl: 'SpillQueue' }).resolves({}),
    /failed {3}queue SpillQueue: is encrypted with SQS' own key/,
    /→ Deploy the stack again/,
  ],
  [
    'a secret without a value',
    ({ secretsManager }) => secretsManager.on(DescribeSecretCommand).resolves({}),
    /failed {3}Salesforce secret: SalesforceSecret has no value yet/,
    /→ Write the credentials: npm run salesforce -- secret/,
  ],
  [
    'a secret that is being deleted',
    ({ secretsManager }) =>
      secretsManager.on(DescribeSecretCommand).resolves({ DeletedDate: new Date() }),
    /failed {3}GitHub webhook secret: .* is about to be deleted/,
    /→ aws secretsmanager restore-secret/,
  ],
  [
    'a poller that is off',
    ({ lambda }) => lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Disabled' }),
    /failed {3}poller \w+: is Disabled/,
    /→ aws lambda update-event-source-mapping --uuid \w+ --enabled/,
  ],
  [
    'a poller with a problem',
    ({ lambda }) =>
      lambda.on(GetEventSourceMappingCommand).resolves({
        State: 'Enabled',
        LastProcessingResult: 'PROBLEM: access denied',
      }),
    /failed {3}poller \w+: PROBLEM: access denied/,
    /→ Deploy the stack again/,
  ],
  [
    'a function that cannot start',
    ({ lambda }) =>
      lambda
        .on(GetFunctionConfigurationCommand)
        .resolves({ State: 'Failed', StateReason: 'the key is disabled' }),
    /failed {3}function GitHubWebhookFunction: the key is disabled/,
    /→ Mend what the reason names/,
  ],
  [
    'a schedule that somebody switched off',
    ({ scheduler }) => scheduler.on(GetScheduleCommand).resolves({ State: 'DISABLED' }),
    /failed {3}reprocessor schedule: is off/,
    /→ Deploy the stack again/,
  ],
];

describe('npm run doctor', () => {
  it('finds nothing at a stack where all is well', async () => {
    const { exitCode, said } = await doctor(wellStack());
    expect(said).not.toMatch(/^(failed|unknown|warning)/m);
    expect(said).toMatch(/ok {7}key policy: RulesToQueues: is allowed/);
    expect(said).toMatch(/^0 failed, 0 unknown, 0 warning, \d\d ok\.$/m);
    expect(exitCode).toBe(0);
  });

  it.each(faults)('finds %s, and says what to do', async (_what, breakIt, says, remedy) => {
    const stack = wellStack();
    breakIt(stack);
    const { exitCode, said } = await doctor(stack);
    expect(said).toMatch(says);
    expect(said).toMatch(remedy);
    expect(exitCode).toBe(1);
  });

  it('says what it could not look at, looks at the rest, and ends with 2', async () => {
    const stack = wellStack();
    stack.lambda.on(GetFunctionConfigurationCommand).rejects(named('AccessDeniedException'));
    const { exitCode, said } = await doctor(stack);
    expect(said).toMatch(/unknown {2}functions: AWS says: .* It takes /);
    expect(said).toMatch(/ok {7}reprocessor schedule/);
    expect(exitCode).toBe(2);
  });

  it('warns of what is no fault yet', async () => {
    const stack = wellStack();
    const AccountLimit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
    stack.lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
    stack.secretsManager.on(DescribeSecretCommand).resolves({
      VersionIdsToStages: { 1: ['AWSCURRENT'] },
      KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/other',
    });
    const { exitCode, said } = await doctor(stack);
    expect(said).toMatch(/warning {2}concurrent executions: 10 of the account's 10/);
    expect(said).toMatch(/warning {2}Salesforce secret: has a value, encrypted with .*key\/other/);
    expect(exitCode).toBe(0);
  });

  it('ends with 2 when there is no stack', async () => {
    const stack = wellStack();
    const missing = new Error('Stack with id stack does not exist');
    stack.cloudFormation.on(DescribeStacksCommand).rejects(missing);
    const { exitCode, said } = await doctor(stack);
    expect(said).toMatch(/does not exist.*--stack-name/);
    expect(exitCode).toBe(2);
  });

  it('tells programs as JSON', async () => {
    const { said } = await doctor(wellStack(), '--json');
    expect(JSON.parse(said)).toMatchObject({ ok: true, results: expect.any(Array) });
  });

  it('refuses what it does not know', async () => {
    expect(await doctor(wellStack(), '--fix')).toMatchObject({ exitCode: 2 });
  });

  it('changes nothing: every call only reads', async () => {
    const stack = wellStack();
    await doctor(stack);
    const { aws: _, ...mocks } = stack;
    const names = Object.values(mocks).flatMap((mock) =>
      mock.calls().map(({ args: [command] }): string => command.constructor.name),
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !/^(Describe|Get|List)/.test(name))).toEqual([]);
    // A secret's value is nothing that a doctor has to read.
    expect(names).not.toContain('GetSecretValueCommand');
  });
});
