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
import { doctor, healthyStack, keyPolicy, type Stack } from './harness.ts';

const named = (name: string) => Object.assign(new Error(`${name} of AWS`), { name });
const withoutStatement = (sid: string) => ({
  Statement: keyPolicy().Statement.filter((one) => fields(one)['Sid'] !== sid),
});

/** A fault, how to cause it, and the finding and remedy that the doctor must report. */
const faults: readonly (readonly [string, (stack: Stack) => unknown, RegExp, RegExp])[] = [
  [
    'a bus that does not exist',
    ({ eventBridge }) =>
      eventBridge.on(DescribeEventBusCommand).rejects(named('ResourceNotFoundException')),
    /failed {3}event bus stack: does not exist/,
    /→ Create it \(aws events create-event-bus --name stack\), or deploy with another EventBusName/,
  ],
  [
    'a disabled rule',
    ({ eventBridge }) => eventBridge.on(DescribeRuleCommand).resolves({ State: 'DISABLED' }),
    /failed {3}rule ApiCallRule: is DISABLED/,
    /→ Deploy the stack again/,
  ],
  [
    'a deleted rule',
    ({ eventBridge }) =>
      eventBridge.on(DescribeRuleCommand).rejects(named('ResourceNotFoundException')),
    /failed {3}rule ApiCallRule: does not exist/,
    /→ Deploy the stack again/,
  ],
  [
    'a connection without authorization',
    ({ eventBridge }) =>
      eventBridge.on(DescribeConnectionCommand).resolves({ ConnectionState: 'DEAUTHORIZED' }),
    /failed {3}connection SalesforceConnection: is DEAUTHORIZED/,
    /→ Correct the credentials/,
  ],
  [
    'a disabled key',
    ({ kms }) =>
      kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', KeyState: 'Disabled' } }),
    /failed {3}encryption key: .* is Disabled/,
    /→ aws kms enable-key --key-id arn:aws:kms:\S+/,
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
    'a queue without a policy',
    ({ sqs }) => sqs.on(GetQueueAttributesCommand, { QueueUrl: 'RuleDlq' }).resolves({}),
    /failed {3}queue RuleDlq: its policy does not allow messages from .*rule\/stack\/stack-any and .*rule\/stack-redrive\/stack-any/,
    /→ Deploy the stack again/,
  ],
  [
    'a queue with another key',
    ({ sqs }) => sqs.on(GetQueueAttributesCommand, { QueueUrl: 'SpillQueue' }).resolves({}),
    /failed {3}queue SpillQueue: is encrypted with an SQS-managed key, not as the parameter Encryption requires/,
    /→ Deploy the stack again/,
  ],
  [
    'a secret without a value',
    ({ secretsManager }) => secretsManager.on(DescribeSecretCommand).resolves({}),
    /failed {3}Salesforce secret: SalesforceSecret has no value yet/,
    /→ Write the credentials: npm run salesforce -- secret/,
  ],
  [
    'a secret that is scheduled for deletion',
    ({ secretsManager }) =>
      secretsManager.on(DescribeSecretCommand).resolves({ DeletedDate: new Date() }),
    /failed {3}GitHub webhook secret: .* is scheduled for deletion/,
    /→ aws secretsmanager restore-secret --secret-id \S+/,
  ],
  [
    'a disabled poller',
    ({ lambda }) => lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Disabled' }),
    /failed {3}poller \w+: is Disabled/,
    /→ Start it: npm run salesforce -- resume/,
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
    /→ Fix the cause and deploy again/,
  ],
  [
    'a schedule that was disabled by hand',
    ({ scheduler }) => scheduler.on(GetScheduleCommand).resolves({ State: 'DISABLED' }),
    /failed {3}reprocessor schedule: is disabled/,
    /→ Deploy the stack again/,
  ],
];

describe('npm run doctor', () => {
  it('finds no problem in a healthy stack', async () => {
    const { exitCode, output } = await doctor(healthyStack());
    expect(output).not.toMatch(/^(failed|unknown|warning)/m);
    expect(output).toMatch(/ok {7}key policy: RulesToQueues: is allowed/);
    expect(output).toMatch(/^0 failed, 0 unknown, 0 warning, \d\d ok\.$/m);
    expect(exitCode).toBe(0);
  });

  it.each(faults)('reports %s, and its remedy', async (_what, cause, finding, remedy) => {
    const stack = healthyStack();
    cause(stack);
    const { exitCode, output } = await doctor(stack);
    expect(output).toMatch(finding);
    expect(output).toMatch(remedy);
    expect(exitCode).toBe(1);
  });

  it('reports a check that could not run, runs the others, and exits with 2', async () => {
    const stack = healthyStack();
    stack.lambda.on(GetFunctionConfigurationCommand).rejects(named('AccessDeniedException'));
    const { exitCode, output } = await doctor(stack);
    expect(output).toMatch(/unknown {2}functions: AWS error: .*\n +→ Required permissions: /);
    expect(output).toMatch(/ok {7}reprocessor schedule/);
    expect(exitCode).toBe(2);
  });

  it('warns about what is not a failure yet', async () => {
    const stack = healthyStack();
    const AccountLimit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
    stack.lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
    stack.secretsManager.on(DescribeSecretCommand).resolves({
      VersionIdsToStages: { 1: ['AWSCURRENT'] },
      KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/other',
    });
    const { exitCode, output } = await doctor(stack);
    expect(output).toMatch(/warning {2}concurrent executions: 10 of the account's 10/);
    expect(output).toMatch(
      /warning {2}Salesforce secret: has a value, encrypted with .*key\/other/,
    );
    expect(exitCode).toBe(0);
  });

  it('exits with 2 when the stack does not exist', async () => {
    const stack = healthyStack();
    const missing = new Error('Stack with id stack does not exist');
    stack.cloudFormation.on(DescribeStacksCommand).rejects(missing);
    const { exitCode, output } = await doctor(stack);
    expect(output).toMatch(/does not exist.*--stack-name/);
    expect(exitCode).toBe(2);
  });

  it('prints one JSON document with --json', async () => {
    const { output } = await doctor(healthyStack(), '--json');
    expect(JSON.parse(output)).toMatchObject({
      command: 'doctor',
      ok: true,
      result: { findings: expect.any(Array) },
    });
  });

  it('rejects an unknown option with 2', async () => {
    expect(await doctor(healthyStack(), '--fix')).toMatchObject({ exitCode: 2 });
  });

  it('makes only calls that read', async () => {
    const stack = healthyStack();
    await doctor(stack);
    const names = Object.values(stack.mocks).flatMap((mock) =>
      mock.calls().map(({ args: [command] }): string => command.constructor.name),
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !/^(Describe|Get|List)/.test(name))).toEqual([]);
    // The doctor never reads a secret's value.
    expect(names).not.toContain('GetSecretValueCommand');
  });
});
