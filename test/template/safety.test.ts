import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildFunction } from '../../build/function.ts';
import { functionFolders } from '../../build/function-folders.ts';
import { root } from '../../local/stack/paths.ts';
import {
  allows,
  arnOf,
  fields,
  list,
  ofType,
  policyOf,
  resource,
  statementsOf,
  template,
} from './template.ts';

const functions = ofType('AWS::Lambda::Function');
const environmentOf = (logicalId: string) =>
  fields(fields(resource(logicalId).Properties['Environment'])['Variables']);
const roleOf = (logicalId: string) => resource(logicalId.replace('Function', 'Role'));

describe('roles', () => {
  it.each(ofType('AWS::IAM::Role'))(
    '%s grants no wildcard action and no wildcard resource',
    (_id, role) => {
      expect(role.Properties['ManagedPolicyArns']).toBeUndefined();
      for (const { Action, Resource } of statementsOf(role)) {
        expect(Action.filter((action) => String(action).includes('*'))).toEqual([]);
        expect(Resource.filter((target) => target === '*')).toEqual([]);
      }
    },
  );

  it.each(functions.map(([id]) => id))(
    'the role of %s may write to its own log group and to no other',
    (id) => {
      const logs = statementsOf(roleOf(id)).filter(({ Action }) =>
        Action.includes('logs:PutLogEvents'),
      );
      expect(logs.map(({ Resource }) => Resource)).toEqual([
        [{ 'Fn::Sub': `\${${id.replace('Function', 'Logs')}.Arn}` }],
      ]);
    },
  );

  it.each([
    ['SalesforceApiCallFunction', 'sqs:ReceiveMessage', 'ApiCallQueue'],
    ['SalesforceApiCallFunction', 'sqs:DeleteMessage', 'ApiCallQueue'],
    ['SalesforceApiCallFunction', 'sqs:ChangeMessageVisibility', 'ApiCallQueue'],
    ['SalesforceApiCallFunction', 'sqs:SendMessage', 'ApiCallDlq'],
    ['SalesforceApiCallFunction', 'sqs:SendMessage', 'SpillQueue'],
    ['SalesforceApiCallFunction', 'dynamodb:PutItem', 'IdempotencyTable'],
    ['DlqReprocessorFunction', 'sqs:DeleteMessage', 'ApiCallDlq'],
    ['DlqReprocessorFunction', 'sqs:DeleteMessage', 'RuleDlq'],
    ['DlqReprocessorFunction', 'sqs:DeleteMessage', 'SpillQueue'],
    ['DlqReprocessorFunction', 'sqs:SendMessage', 'ApiCallQueue'],
    ['DlqReprocessorFunction', 'events:PutEvents', 'RedriveBus'],
    ['DlqReprocessorFunction', 'dynamodb:GetItem', 'IdempotencyTable'],
    ['DlqReprocessorFunction', 'dynamodb:UpdateItem', 'IdempotencyTable'],
    ['DlqReprocessorFunction', 'dynamodb:DeleteItem', 'IdempotencyTable'],
    ['DlqReprocessorFunction', 's3:ListBucket', 'ParkBucket'],
    ['GitHubWebhookFunction', 'sqs:SendMessage', 'SpillQueue'],
    ['TwilioWebhookFunction', 'sqs:SendMessage', 'SpillQueue'],
  ])('%s may %s on %s', (id, action, target) => {
    expect(allows(roleOf(id), action, arnOf(target))).toBe(true);
  });

  it('the reprocessor may list only parked and dropped messages in the bucket', () => {
    const [statement] = statementsOf(roleOf('DlqReprocessorFunction')).filter(({ Action }) =>
      Action.includes('s3:ListBucket'),
    );
    expect(statement?.Condition).toEqual({
      StringLike: { 's3:prefix': ['parked/*', 'dropped/*'] },
    });
  });

  it("the scheduler's role may invoke the reprocessor and nothing else", () => {
    const [statement, ...others] = statementsOf(resource('DlqReprocessorScheduleRole'));
    expect(others).toEqual([]);
    expect(statement).toMatchObject({
      Action: ['lambda:InvokeFunction'],
      Resource: [arnOf('DlqReprocessorFunction')],
    });
  });
});

describe('environment variables', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'environment-'));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  /** The environment variables that the files in a function's bundle read. */
  const read = async (folder: string): Promise<string[]> => {
    const { inputs } = await buildFunction({
      functionName: folder,
      outdir: join(outdir, folder),
      standalone: false,
    });
    const files = Object.keys(inputs).filter((file) => file.startsWith('functions/'));
    const source = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
    const names = source.matchAll(
      /(?:text|optionalText|integer|oneOf|list|names|eventIdFields)\(\s*'([A-Z_]+)'/g,
    );
    return [...new Set([...names].map(([, name = '']) => name))];
  };

  it.each(Object.entries(functionFolders))(
    '%s has exactly the variables that functions/%s reads',
    async (id, folder) => {
      const given = Object.keys(environmentOf(id));
      const generic = given.filter(
        (name) => name === 'NODE_OPTIONS' || name.startsWith('POWERTOOLS_'),
      );
      expect(given.filter((name) => !generic.includes(name)).sort()).toEqual(
        (await read(folder)).sort(),
      );
    },
  );
});

describe('function URLs', () => {
  it.each(['GitHubWebhookFunction', 'TwilioWebhookFunction'])(
    '%s is public with both permissions that AWS requires',
    (id) => {
      const permissions = ofType('AWS::Lambda::Permission').filter(([name]) => name.startsWith(id));
      expect(permissions.map(([, { Properties }]) => Properties['Action']).sort()).toEqual([
        'lambda:InvokeFunction',
        'lambda:InvokeFunctionUrl',
      ]);
    },
  );

  it("apicall's accepts IAM credentials only", () => {
    expect(resource('SalesforceApiCallFunctionUrl').Properties['AuthType']).toBe('AWS_IAM');
    expect(
      ofType('AWS::Lambda::Permission').filter(([name]) => name.startsWith('SalesforceApiCall')),
    ).toEqual([]);
  });
});

describe('queues', () => {
  it.each(ofType('AWS::SQS::Queue'))('%s keeps messages for 14 days', (_id, { Properties }) => {
    expect(Properties['MessageRetentionPeriod']).toBe(1_209_600);
  });

  // The pattern for rules on the default bus, `stack-*`, matches those on the redrive bus, `stack-redrive/…`.
  it.each([
    ['ApiCallQueue', ':rule/${RedriveBus}/*'],
    ['RuleDlq', ':rule/${AWS::StackName}-*'],
  ])('%s accepts messages from rules of both buses, and only from rules', (id, ofRedriveBus) => {
    const statement = policyOf(resource(`${id}Policy`)).find(
      ({ Sid }) => Sid === 'RulesOfThisStack',
    );
    expect(statement).toMatchObject({
      Effect: 'Allow',
      Action: ['sqs:SendMessage'],
      Resource: [arnOf(id)],
    });
    const sources = JSON.stringify(fields(statement?.Condition['ArnLike'])['aws:SourceArn']);
    expect(sources).toContain(ofRedriveBus);
    expect(sources).toContain(':rule/${Bus}/*');
    expect(sources).toContain(':rule/${AWS::StackName}-*');
  });

  it.each(Object.entries(template.Mappings['ApiCallTimeout'] ?? {}))(
    'with a function timeout of %s s have a visibility timeout of six times that plus the longest window',
    (timeout, { VisibilityTimeout }) => {
      const { MaxValue } = template.Parameters['BatchWindowSeconds'] ?? {};
      expect(VisibilityTimeout).toBe(6 * Number(timeout) + Number(MaxValue));
    },
  );

  it.each(Object.entries(template.Mappings['Attempts'] ?? {}))(
    'with %s attempts allow three times as many receives, to cover crashes',
    (attempts, { MaxReceiveCount }) => expect(MaxReceiveCount).toBe(3 * Number(attempts)),
  );

  it.each([
    ['ApiCallTimeoutSeconds', 'ApiCallTimeout'],
    ['MaxAttempts', 'Attempts'],
  ])('have every allowed value of %s in the mapping %s', (parameter, mapping) => {
    const allowed = list(template.Parameters[parameter]?.['AllowedValues']).map(String);
    expect(Object.keys(template.Mappings[mapping] ?? {}).sort()).toEqual(allowed.sort());
  });
});

describe('a provider without a secret', () => {
  it.each(['GitHub', 'Twilio'])('%s has no function, URL, role, log group or alarm', (provider) => {
    const own = Object.entries(template.Resources).filter(([id]) =>
      id.startsWith(`${provider}Webhook`),
    );
    expect(own.length).toBeGreaterThan(5);
    expect(
      own.filter(([, { Condition }]) => Condition !== `Has${provider}`).map(([id]) => id),
    ).toEqual([]);
    expect(template.Outputs[`${provider}WebhookUrl`]?.['Condition']).toBe(`Has${provider}`);
  });
});
