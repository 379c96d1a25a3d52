import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import { parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { deployable, isAccepted, type ResolvedStack } from './stack.ts';
import { fields, type Json, list, statementsOf, template } from './template.ts';

/** Resources that CloudFormation's schemas refuse, each with cfn-lint's finding. */
const faults: readonly (readonly [finding: RegExp, Type: string, Properties: Json])[] = [
  [/E3002:.*'Retention' was unexpected/, 'AWS::SQS::Queue', { Retention: 60 }],
  [/E3012:'soon' is not of type 'integer'/, 'AWS::SQS::Queue', { VisibilityTimeout: 'soon' }],
  [/E3003:'SourceArn' is a required property/, 'AWS::Events::Archive', { RetentionDays: 1 }],
  [/E3030:'Alow' is not one of/, 'AWS::Lambda::Function', { RecursiveLoop: 'Alow' }],
];

const planted = (): Json => ({
  Resources: Object.fromEntries(
    faults.map(([, Type, Properties], index) => [`Fault${index}`, { Type, Properties }]),
  ),
});

/** The findings of cfn-lint, one line each, by parameter set. It validates with CloudFormation's resource schemas. */
let findings: ReadonlyMap<string, readonly string[]>;

const references = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/\$\{(\w+)(?:\.\w+)*\}/g)].map(([, id = '']) => id);

/** What a stack has in a form that is not in `seen`, with the resources that this refers to. Adds the forms to `seen`. */
function unseen({ Resources, Outputs }: ResolvedStack, seen: Set<string>): ResolvedStack {
  const isNew = (entry: [string, unknown]): boolean => {
    const form = JSON.stringify(entry);
    if (seen.has(form)) return false;
    seen.add(form);
    return true;
  };
  const outputs = Object.entries(Outputs).filter(isNew);
  const changed = Object.entries(Resources).filter(isNew);
  const kept = new Set([...changed.map(([id]) => id), ...references(outputs)]);
  // The loop reaches what it adds.
  for (const id of kept) {
    const { DependsOn = [], ...rest } = fields(Resources[id]);
    for (const other of [...references(rest), ...[DependsOn].flat()]) kept.add(String(other));
  }
  return {
    Resources: Object.fromEntries(Object.entries(Resources).filter(([id]) => kept.has(id))),
    Outputs: Object.fromEntries(outputs),
  };
}

/**
 * Lints all sets and the planted faults: in one process, because it takes seconds to start, and what several sets have in
 * the same form once.
 */
function lintAll(folder: string): Map<string, string[]> {
  const seen = new Set<string>();
  const templates: [string, unknown][] = [
    ...setNames.map((set): [string, unknown] => [set, deployable(unseen(resolvedSet(set), seen))]),
    ['planted', planted()],
  ];
  const files = templates.map(([name, content]) => {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, JSON.stringify(content));
    return [name, file] as const;
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
    findings = lintAll(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);

it.each(faults)('cfn-lint validates with the resource schemas: it reports %s', (finding) => {
  expect(findings.get('planted')?.join('\n')).toMatch(finding);
});

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
