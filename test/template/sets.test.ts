import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import { parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { deployable, isAccepted } from './stack.ts';
import { fields, list, statementsOf, template } from './template.ts';

/** The findings of cfn-lint in the resolved templates, one line each, by parameter set. */
let findings: ReadonlyMap<string, readonly string[]>;

/** Lints all sets in one process: cfn-lint takes seconds to start. */
function lintSets(folder: string): Map<string, string[]> {
  const files = setNames.map((set) => {
    const file = join(folder, `${set.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, JSON.stringify(deployable(resolvedSet(set))));
    return [set, file] as const;
  });
  // W1020: a resolved Fn::Sub has no variables left.
  const args = ['--format', 'parseable', '--ignore-checks', 'W1020', '--'];
  const { status, stdout, stderr } = spawnSync(
    venvBin(samVenv, 'cfn-lint'),
    [...args, ...files.map(([, file]) => file)],
    { encoding: 'utf8' },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  const bySet = files.map(([set, file]) => {
    const own = lines.filter((line) => line.startsWith(`${file}:`));
    return [set, own] as const;
  });
  const attributed = bySet.flatMap(([, own]) => own);
  if (attributed.length !== lines.length || (status !== 0 && lines.length === 0))
    throw new Error(`cfn-lint failed: ${stdout}${stderr}`);
  return new Map(bySet.map(([set, own]) => [set, [...own]]));
}

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'sets-'));
  try {
    findings = lintSets(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);

const references = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/\$\{(\w+)(?:\.\w+)*\}/g)].map(([, id = '']) => id);

describe.each(setNames)('%s', (set) => {
  it("passes the template's own rules and cfn-lint", () => {
    expect(isAccepted(parameterSets[set] ?? {})).toBe(true);
    expect(findings.get(set)).toEqual([]);
  });

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
