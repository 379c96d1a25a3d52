import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import { parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { deployable, isAccepted } from './stack.ts';
import { fields, list, statementsOf, template } from './template.ts';

const folder = mkdtempSync(join(tmpdir(), 'sets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The output of cfn-lint for the resolved template, which is empty if it finds nothing. */
function lint(set: string): string {
  const file = join(folder, `${set.replaceAll(' ', '-')}.json`);
  writeFileSync(file, JSON.stringify(deployable(resolvedSet(set))));
  // W1020: a resolved Fn::Sub has no variables left.
  const args = ['--format', 'parseable', '--ignore-checks', 'W1020', '--template', file];
  return execFileSync(venvBin(samVenv, 'cfn-lint'), args, { encoding: 'utf8' });
}

const references = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/\$\{(\w+)(?:\.\w+)*\}/g)].map(([, id = '']) => id);

describe.each(setNames)('%s', (set) => {
  it("passes the template's own rules and cfn-lint", () => {
    expect(isAccepted(parameterSets[set] ?? {})).toBe(true);
    expect(lint(set)).toBe('');
  }, 60_000);

  it('refers only to resources that exist', () => {
    const { Resources, Outputs } = resolvedSet(set);
    const missing = references({ Resources, Outputs }).filter((id) => !(id in Resources));
    expect([...new Set(missing)]).toEqual([]);
  });

  it('has roles without wildcards and managed policies, with the permissions boundary if there is one', () => {
    const boundary = parameterSets[set]?.['PermissionsBoundaryArn'];
    for (const [id, role] of resourcesOf(set, 'AWS::IAM::Role')) {
      expect([id, role.Properties['PermissionsBoundary']]).toEqual([id, boundary]);
      expect(role.Properties['ManagedPolicyArns']).toBeUndefined();
      for (const { Sid, Action, Resource } of statementsOf(role)) {
        expect(Action.filter((action) => String(action).includes('*'))).toEqual([]);
        // X-Ray supports no resource-level permissions for these actions.
        if (Sid !== 'Trace') expect(Resource.filter((target) => target === '*')).toEqual([]);
      }
    }
  });

  it('traces only with Tracing=Active', () => {
    const isActive = parameterSets[set]?.['Tracing'] === 'Active';
    const actions = resourcesOf(set, 'AWS::IAM::Role').flatMap(([, role]) =>
      statementsOf(role).flatMap(({ Action }) => Action.map(String)),
    );
    expect(actions.some((action) => action.startsWith('xray:'))).toBe(isActive);
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Lambda::Function'))
      expect(fields(Properties['TracingConfig'])['Mode']).toBe(isActive ? 'Active' : 'PassThrough');
  });
});

describe('the rules of the template', () => {
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/1';
  it.each([
    [{ Encryption: 'existing-key' }],
    [{ Encryption: 'stack-key', EncryptionKeyArn: key }],
    [{ EncryptionKeyArn: key }],
    [{ GitHubWebhookSecret: 'a', GitHubWebhookSecretArn: 'b' }],
    [{ PlatformEventName: 'A__e' }],
  ])('refuse %o', (parameters) => expect(isAccepted(parameters)).toBe(false));

  it('explain what to change', () => {
    for (const rule of Object.values(template.Rules))
      for (const assertion of list(fields(rule)['Assertions']))
        expect(String(fields(assertion)['AssertDescription'])).toMatch(/^[A-Z].{20,}\.$/);
  });
});
