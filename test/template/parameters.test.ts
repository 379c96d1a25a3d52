import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import { toOverrides } from '../../local/stack/sam.ts';
import { parameterSets, resourcesOf, setNames } from './sets.ts';
import { isAccepted } from './stack.ts';
import { fields, type Json, list, template } from './template.ts';

const source = join(root, 'template.yaml');
const script = (name: string): string => join(root, 'test/template', name);
const python = venvBin(samVenv, 'python');

const definitions = Object.entries(template.Parameters);

/** What SAM's transform makes of a parameter set, in one of the forms in which CloudFormation can hand it over. */
interface Translation {
  readonly parameters: Json;
  readonly error: string | null;
  /** Present only if it differs from the translation without parameters. */
  readonly template?: Json;
}

const input = Object.fromEntries(
  Object.entries(parameterSets).map(([name, parameters]) => [
    name,
    { parameters, overrides: toOverrides(parameters) },
  ]),
);

/** One process for all sets: it takes seconds to start. */
const translations: Readonly<Record<string, Readonly<Record<string, Translation>>>> = JSON.parse(
  execFileSync(python, [script('translate_sets.py'), source], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  }),
);

describe.each(setNames)('the parameters of %s', (set) => {
  const given = parameterSets[set] ?? {};

  it('arrive unchanged in the change set of sam deploy', () => {
    expect(translations[set]?.['sam deploy']?.parameters).toEqual(given);
  });

  it.each(['sam deploy', 'console', 'macro'])(
    "pass SAM's transform in the form of %s, and keep their references",
    (form) => {
      const { error, template: different } = translations[set]?.[form] ?? {};
      expect([error, different]).toEqual([null, undefined]);
    },
  );
});

it("SAM's transform refuses a number that a transform before it has turned into text", () => {
  const folder = mkdtempSync(join(tmpdir(), 'translate-'));
  try {
    const file = join(folder, 'template.yaml');
    const resolved = readFileSync(source, 'utf8').replace(/BatchSize: !Ref \w+/, 'BatchSize: "10"');
    writeFileSync(file, resolved);
    const { status, stderr } = spawnSync(python, [script('translate.py'), file], {
      encoding: 'utf8',
    });
    expect(stderr).toContain("Type of property 'BatchSize' is invalid");
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('every parameter has a value other than its default in a set', () => {
  const given = (name: string) => setNames.map((set) => parameterSets[set]?.[name] ?? '');
  const untried = definitions.filter(([name, { Default }]) =>
    given(name).every((value) => value === '' || value === String(Default)),
  );
  expect(untried.map(([name]) => name)).toEqual([]);
});

describe("a parameter's constraint", () => {
  it.each(definitions)('of %s is explained: CloudFormation shows the text', (_name, definition) => {
    const { AllowedValues = [], MinValue, MaxValue, ConstraintDescription } = definition;
    const text = String(ConstraintDescription);
    expect(text).toMatch(/^must .+[.]$/);
    expect(text).not.toContain('undefined');
    const words = text.split(/[\s,]+|[.]$/);
    const limits = [...list(AllowedValues), MinValue, MaxValue].filter((one) => one !== undefined);
    expect(limits.map(String).filter((limit) => !words.includes(limit))).toEqual([]);
  });

  it.each([
    ['ReprocessorSchedule', ['rate(1 minute)', 'rate(12 hours)', 'cron(0/15 8-17 ? * MON-FRI *)']],
    ['GitHubWebhookSecret', ['a', 'two words', 'quo"te $HOME a=b, c\\d']],
    ['WebhookReservedConcurrency', ['-1', '0', '1000']],
    ['ContactDetailTypes', ['Customer Registered', 'A, B ,C']],
  ])('of %s accepts %j', (name, values) => {
    for (const value of values)
      expect([value, isAccepted({ [name]: value })]).toEqual([value, true]);
  });

  it.each([
    [
      'ReprocessorSchedule',
      ['rate(0 minutes)', 'rate(5)', 'rate(x)', 'cron(0 8 * * *)', '5 minutes', ''],
    ],
    ['GitHubWebhookSecret', ['pasted\n', ' a', 'a ', 'a\nb']],
    ['WebhookReservedConcurrency', ['-2', '1001', 'none']],
    ['ContactDetailTypes', ['', 'A,,B']],
    ['CreateStackAlarm', ['True', 'yes', '']],
    ['Mappings', ['A', 'one,', 'one two', '*,one']],
  ])('of %s refuses %j', (name, values) => {
    for (const value of values)
      expect([value, isAccepted({ [name]: value })]).toEqual([value, false]);
  });
});

/** The paths of an event pattern at which there is a text or number instead of a list. */
const scalarsIn = (pattern: unknown, path: string): string[] => {
  if (Array.isArray(pattern)) return [];
  if (typeof pattern !== 'object' || pattern === null) return [path];
  return Object.entries(pattern).flatMap(([key, inner]) => scalarsIn(inner, `${path}.${key}`));
};

it('event patterns have lists of values: EventBridge refuses a text where cfn-lint accepts it', () => {
  const rules = setNames.flatMap((set) => resourcesOf(set, 'AWS::Events::Rule'));
  expect(rules.length).toBeGreaterThan(50);
  const scalars = rules.flatMap(([id, { Properties }]) =>
    scalarsIn(Properties['EventPattern'], id),
  );
  expect(scalars).toEqual([]);
});

const isList = (name: string): boolean =>
  template.Parameters[name]?.['Type'] === 'CommaDelimitedList';

/** Every use of an intrinsic function in a value: its name and operand. */
const functionsIn = (value: unknown): [string, unknown][] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(/^(Ref|Condition|Fn::\w+)$/.test(key) ? [[key, inner] as [string, unknown]] : []),
    ...functionsIn(inner),
  ]);
};

it('conditions compare texts: CloudFormation refuses lists, and numbers arrive as text', () => {
  const { Conditions, Rules } = template;
  const operands = functionsIn({ Conditions, Rules }).flatMap(([name, operand]) =>
    name === 'Fn::Equals' ? list(operand) : [],
  );
  expect(operands.length).toBeGreaterThan(50);
  for (const operand of operands) {
    if (typeof operand !== 'object') expect([operand, typeof operand]).toEqual([operand, 'string']);
    expect(isList(String(fields(operand)['Ref']))).toBe(false);
  }
});

it('rules use only the functions that CloudFormation allows in them ("Rules section"), and parameters', () => {
  const used = functionsIn(template.Rules);
  const names = new Set(used.map(([name]) => name));
  const allowed = ['Fn::And', 'Fn::Contains', 'Fn::Equals', 'Fn::Not', 'Fn::Or', 'Ref'];
  expect([...names].filter((name) => !allowed.includes(name))).toEqual([]);
  for (const [name, operand] of used)
    if (name === 'Ref') expect(Object.keys(template.Parameters)).toContain(operand);
});

it('no output has the name of a list parameter, which SAM CLI confuses with it', () => {
  expect(Object.keys(template.Outputs).filter(isList)).toEqual([]);
});

it('no parameter is named after a secret without hiding its value', () => {
  const secrets = definitions.filter(([name]) => /(Secret|Password|Token)$/.test(name));
  expect(secrets.length).toBe(2);
  for (const [name, { NoEcho }] of secrets) expect([name, NoEcho]).toEqual([name, true]);
  expect(fields(template.Parameters['SalesforceSecretArn'])['NoEcho']).toBeUndefined();
});
