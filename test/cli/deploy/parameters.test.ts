import { describe, expect, it } from 'vitest';
import {
  differences,
  effectiveDifferences,
  effectiveValues,
  handedOver,
  importedParameters,
  valueProblemsOf,
} from '../../../cli/deploy/parameters.ts';
import { readTemplate } from '../../../local/template/source.ts';

const template = readTemplate('template.yaml');
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:github-AbCdEf';

const defaults = Object.fromEntries(
  Object.entries(template.Parameters).map(([name, { Default }]) => [name, String(Default)]),
);
const deployed = (changed: Record<string, string>, given = defaults) => ({
  values: { ...defaults, GitHubWebhookSecret: '****', TwilioWebhookSecret: '****', ...changed },
  defaults: given,
});
const parameter = (name: string, ...args: [Record<string, string>, ReturnType<typeof deployed>?]) =>
  handedOver(template, args[0], args[1]).find(({ ParameterKey }) => ParameterKey === name);

describe('handedOver', () => {
  it('hands over every parameter: the value of the file, else the default', () => {
    const all = handedOver(template, { MaxAttempts: '3' }, undefined);
    expect(all.map(({ ParameterKey }) => ParameterKey)).toEqual(Object.keys(template.Parameters));
    expect(parameter('MaxAttempts', { MaxAttempts: '3' })?.ParameterValue).toBe('3');
    expect(parameter('PreviousSecretHours', {})?.ParameterValue).toBe('24');
  });

  it('gives a default that changed to a stack that has the old one', () => {
    const old = deployed({ PreviousSecretHours: '48' });
    expect(parameter('PreviousSecretHours', {}, old)?.ParameterValue).toBe('24');
  });

  it('keeps a NoEcho value, and only that, unless the file names the ARN of a secret', () => {
    const kept = handedOver(template, {}, deployed({})).filter(
      ({ UsePreviousValue }) => UsePreviousValue,
    );
    expect(kept.map(({ ParameterKey }) => ParameterKey)).toEqual([
      'GitHubWebhookSecret',
      'TwilioWebhookSecret',
    ]);
    const byArn = parameter('GitHubWebhookSecret', { GitHubWebhookSecretArn: ARN }, deployed({}));
    expect(byArn).toEqual({ ParameterKey: 'GitHubWebhookSecret', ParameterValue: '' });
  });

  it('leaves a NoEcho value of a new stack empty', () => {
    expect(parameter('GitHubWebhookSecret', {})).toEqual({
      ParameterKey: 'GitHubWebhookSecret',
      ParameterValue: '',
    });
  });
});

describe('differences', () => {
  const compare = (file: Record<string, string>, changed: Record<string, string>, set = {}) =>
    differences(template, { ...file, ...set }, set, deployed(changed));

  it('finds none between a stack and the file that it was deployed from', () => {
    expect(compare({ MaxAttempts: '3' }, { MaxAttempts: '3' })).toEqual([]);
    expect(compare({ ContactDetailTypes: 'a, b' }, { ContactDetailTypes: 'a,b' })).toEqual([]);
  });

  it.each([
    [
      'a value that somebody deployed by other means',
      {},
      { PreviousSecretHours: '0' },
      {},
      'default',
    ],
    [
      'a value that the file says differently',
      { MaxAttempts: '3' },
      { MaxAttempts: '8' },
      {},
      'file',
    ],
    ['a value of this command line', {}, {}, { MaxAttempts: '8' }, 'set'],
  ])('reports %s', (_what, file, changed, set, origin) => {
    expect(compare(file, changed, set)).toMatchObject([{ origin }]);
  });

  it('tells a default that changed from a value that somebody gave', () => {
    const old = { ...defaults, BatchSize: '500' };
    const found = (value: string) =>
      differences(template, {}, {}, deployed({ BatchSize: value }, old));
    expect(found('500')).toMatchObject([{ deployed: '500', next: '1000', origin: 'new default' }]);
    expect(found('600')).toMatchObject([{ origin: 'default' }]);
  });

  it('never reports a NoEcho parameter, nor one that the deployed version did not have', () => {
    const older = Object.entries(deployed({}).values).filter(([name]) => name !== 'MaxAttempts');
    const values = Object.fromEntries(older);
    expect(differences(template, { MaxAttempts: '3' }, {}, { values, defaults })).toEqual([]);
  });
});

describe('effectiveDifferences', () => {
  const hours = { name: 'PreviousSecretHours', deployed: '24', next: '0', origin: 'file' } as const;

  it('omits what no resource uses: CloudFormation would not deploy it', () => {
    expect(effectiveDifferences(template, { PreviousSecretHours: '0' }, [hours])).toEqual([]);
  });

  it('keeps what a resource uses', () => {
    const values = { GitHubWebhookSecretArn: ARN, PreviousSecretHours: '0' };
    expect(effectiveDifferences(template, values, [hours])).toEqual([hours]);
  });
});

describe('importedParameters', () => {
  it('are the values that are no defaults, without secrets and parameters that are gone', () => {
    const stack = deployed({ PreviousSecretHours: '0', DataDeletionPolicy: 'Delete' });
    expect(importedParameters(template, stack)).toEqual({ PreviousSecretHours: '0' });
  });
});

describe('effectiveValues', () => {
  it.each([
    ['nothing', [], {}],
    ['a function of GitHub', ['GitHubWebhookFunction'], { GitHubWebhookSecret: '****' }],
    ['the secret of Twilio', ['TwilioSigningSecret'], { TwilioWebhookSecret: '****' }],
  ])('of a stack with %s', (_what, ids, expected) => {
    expect(effectiveValues(template, {}, new Set(ids))).toEqual(expected);
  });

  it('of a stack that gets its secret by ARN have no NoEcho value', () => {
    const file = { GitHubWebhookSecretArn: ARN };
    expect(effectiveValues(template, file, new Set(['GitHubWebhookFunction']))).toEqual(file);
  });
});

describe('valueProblemsOf', () => {
  it('refuses a secret in a file or on a command line, without its value', () => {
    const [problem = ''] = valueProblemsOf(template, { TwilioWebhookSecret: 'canary' });
    expect(problem).toContain('give TwilioWebhookSecretArn instead');
    expect(problem).not.toContain('canary');
  });
});
