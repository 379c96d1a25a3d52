import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionFolders } from '../../build/function-folders.ts';
import { root } from '../../local/stack/paths.ts';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { everything as destinations } from './destination-parameters.ts';
import { fields, list, ofType, resource, template } from './template.ts';

const source = readFileSync(join(root, 'template.yaml'), 'utf8');

describe('samconfig.toml', () => {
  it('holds no parameters: deploy/<name>.yaml is the only truth', () => {
    expect(readFileSync(join(root, 'samconfig.toml'), 'utf8')).not.toContain('parameter_overrides');
  });
});

describe('template.yaml', () => {
  it("has SAM's transform only: others change parameters before SAM reads them", () => {
    expect(source).toMatch(/^Transform: AWS::Serverless-2016-10-31$/m);
  });

  it('passes sam validate and cfn-lint', () => {
    const env = { ...process.env, SAM_CLI_TELEMETRY: '0', AWS_DEFAULT_REGION: 'us-east-1' };
    const said = execFileSync(venvBin(samVenv, 'sam'), ['validate', '--lint'], {
      cwd: root,
      encoding: 'utf8',
      env,
    });
    expect(said).toContain('is a valid SAM Template');
  }, 600_000);

  it('has every logical id and output that is a contract', () => {
    const ids = `GitHubWebhookFunction TwilioWebhookFunction SalesforceApiCallFunction DlqReprocessorFunction EventBus
      EventArchive RedriveBus ApiCallRule ApiCallQueue ApiCallDlq RuleDlq SpillQueue ParkBucket PayloadBucket
      IdempotencyTable SalesforceConnection PlatformEventDestination PlatformEventRule PlatformEventRedriveRule ContactDestination
      ContactRule ContactRedriveRule CloudEventsConnection CloudEventsDestination`;
    expect(Object.keys(template.Resources)).toEqual(expect.arrayContaining(ids.split(/\s+/)));
    const outputs = `GitHubWebhookUrl TwilioWebhookUrl SalesforceApiCallUrl EventBusName EventBusArn RedriveBusName
      RedriveBusArn ApiCallQueueUrl ApiCallQueueArn ApiCallDlqUrl RuleDlqUrl RuleDlqArn SpillQueueUrl ParkBucketName PayloadBucketName
      DlqReprocessorFunctionName SalesforceSecretArn Version DashboardUrl EncryptionKeyPolicy`;
    expect(Object.keys(template.Outputs).sort()).toEqual(outputs.split(/\s+/).sort());
  });

  it('builds each function and the layer with make, under the logical ids that the build knows', () => {
    const built = [
      ...source.matchAll(/^ {2}(\w+):\n {4}Type: AWS::Serverless::(?:Function|LayerVersion)/gm),
    ];
    expect(built.map(([, id]) => id).sort()).toEqual(
      [...Object.keys(functionFolders), 'DependenciesLayer'].sort(),
    );
    expect(source.match(/BuildMethod: makefile/g)).toHaveLength(built.length);
  });
});

describe('parameters', () => {
  const grouped = list(
    fields(fields(template.Metadata)['AWS::CloudFormation::Interface'])['ParameterGroups'],
  ).flatMap((group) => list(fields(group)['Parameters']));

  it('are each in exactly one group of the console', () => {
    expect([...grouped].sort()).toEqual(Object.keys(template.Parameters).sort());
  });

  it.each(Object.entries(template.Parameters))(
    '%s has a description, a constraint, a default and an effect',
    (name, parameter) => {
      expect(String(parameter['Description'])).toMatch(/\.$/);
      expect(parameter['Default']).toBeDefined();
      const constraints = ['AllowedPattern', 'AllowedValues', 'MinValue', 'NoEcho'];
      expect(constraints.some((key) => key in parameter)).toBe(true);
      const used = JSON.stringify({ ...template, Parameters: {}, Metadata: {} });
      expect(used.includes(`{"Ref":"${name}"}`) || used.includes(`\${${name}}`)).toBe(true);
    },
  );

  it.each(['GitHubWebhookSecret', 'TwilioWebhookSecret'])('%s is never shown', (name) => {
    expect(template.Parameters[name]?.['NoEcho']).toBe(true);
  });

  it.each([
    ['https://example.my.salesforce.com', true],
    ['http://127.0.0.1:8080', true],
    ['http://localhost', true],
    ['http://example.my.salesforce.com', false],
    ['https://example.my.salesforce.com/path', false],
    ['http://127.0.0.1.example.com', false],
  ])('SalesforceMyDomainUrl accepts %s: %s', (url, isAccepted) => {
    const pattern = new RegExp(
      String(template.Parameters['SalesforceMyDomainUrl']?.['AllowedPattern']),
    );
    expect(pattern.test(url)).toBe(isAccepted);
  });
});

describe('rules', () => {
  const rules = ofType('AWS::Events::Rule');
  const { resources: everything } = resolveTemplate(template, {
    ...destinations,
    GitHubWebhookSecret: 'given',
    TwilioWebhookSecret: 'given',
    Mappings: '*',
  });

  it.each(rules.map(([id]) => id))(
    '%s retries and has a dead-letter queue at every target',
    (id) => {
      const targets = list(fields(everything[id]?.['Properties'])['Targets']);
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) {
        expect(target).toMatchObject({
          DeadLetterConfig: { Arn: 'RuleDlq.Arn' },
          RetryPolicy: { MaximumRetryAttempts: expect.anything() },
        });
      }
    },
  );

  const transforming = rules.filter(([id, { Properties }]) => {
    const [target] = list(Properties['Targets']);
    return (
      !id.endsWith('RedriveRule') &&
      ('InputTransformer' in fields(target) || 'InputPath' in fields(target))
    );
  });

  it.each(transforming)(
    '%s has a redrive rule that transforms the wrapped event likewise',
    (id, rule) => {
      const redriveRule = resource(id.replace(/Rule$/, 'RedriveRule'));
      const name = fields(rule.Properties['Name'])['Fn::Sub'];
      expect(redriveRule.Condition).toBe(rule.Condition);
      expect(redriveRule.Properties['EventBusName']).toEqual({ Ref: 'RedriveBus' });
      expect(redriveRule.Properties['Name']).toEqual({ 'Fn::Sub': `${name}-redrive` });
      expect(fields(fields(redriveRule.Properties['EventPattern'])['detail'])['rule']).toEqual([
        { 'Fn::Sub': name },
      ]);
      const inside = JSON.stringify(rule.Properties['Targets']).replaceAll(
        '"$.',
        '"$.detail.event.',
      );
      expect(JSON.stringify(redriveRule.Properties['Targets'])).toBe(inside);
    },
  );
});
