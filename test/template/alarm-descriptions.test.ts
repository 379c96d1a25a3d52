import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { httpTemplate } from '../destinations/http-template.ts';
import { isAccepted } from './stack.ts';
import { fields, type Resource, template } from './template.ts';

/** What the alarm means, the section of the runbook to read, and the command to run first. */
const DESCRIPTION =
  /^(?<meaning>[A-Z].+\.) Runbook: "(?<section>[^"]+)" \(docs\/runbook\.md#(?<anchor>[^)]+)\)\. Run: npm run (?<script>[\w:]+)(?: -- (?<args>.+))?$/;

/** CloudWatch's limit for an alarm's description, in characters (API Reference, "PutMetricAlarm"). */
const MAX_DESCRIPTION = 1_024;

const isAlarm = ([, { Type }]: [string, Resource]): boolean =>
  /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type);

const described = [template, httpTemplate].flatMap(({ Resources }) =>
  Object.entries(Resources)
    .filter(isAlarm)
    .map(([id, { Properties }]) => {
      const { AlarmDescription } = Properties;
      const text = String(fields(AlarmDescription)['Fn::Sub'] ?? AlarmDescription);
      const { section, anchor, script, args } = DESCRIPTION.exec(text)?.groups ?? {};
      return { id, text, section, anchor, script, args };
    }),
);

/** A heading's anchor, as GitHub makes it of the text: lower case, no punctuation, hyphens for spaces. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

const sections = [
  ...readFileSync(join(root, 'docs/runbook.md'), 'utf8').matchAll(/^#+ (.+)$/gm),
].map(([, heading = '']) => ({ text: heading.replaceAll('`', ''), anchor: toAnchor(heading) }));

const scripts: Readonly<Record<string, string>> = packageJson.scripts;

/** A command line as words: the npm script, then its arguments. */
const commands = [...new Set(described.map(({ script, args }) => `${script} ${args ?? ''}`))].map(
  (line) => line.trim().split(' '),
);
const deployments = commands.filter(([script]) => script === 'deploy');
const others = commands.filter(([script]) => script !== 'deploy');

const helps = new Map<string, string>();

/** The help text of an npm script, or of one of its subcommands. Each is asked for once. */
function helpOf(script: string, subcommand: string | undefined): string {
  const [program, ...args] = (scripts[script] ?? '').split(' ');
  expect(program).toBe('node');
  const help = [...args, ...(subcommand === undefined ? [] : [subcommand]), '--help'];
  const key = help.join(' ');
  const text =
    helps.get(key) ?? execFileSync(process.execPath, help, { cwd: root, encoding: 'utf8' });
  helps.set(key, text);
  return text;
}

describe("an alarm's description", () => {
  it.each(described)('of $id names its meaning, a section and a command', ({ text }) => {
    expect(text).toMatch(DESCRIPTION);
    expect(text.length).toBeLessThanOrEqual(MAX_DESCRIPTION);
  });

  it.each(described)('of $id links to a heading of docs/runbook.md', ({ section, anchor }) => {
    expect(sections).toContainEqual({ text: section, anchor });
  });

  it.each(others.map((words) => ({ line: words.join(' '), words })))(
    'names a command that exists, with options that exist: npm run $line',
    ({ words: [script = '', ...args] }) => {
      const [subcommand] = args;
      const help = helpOf(script, subcommand);
      expect(help).toContain(`Usage: npm run ${script} -- ${subcommand ?? ''}`);
      for (const option of args.filter((arg) => arg.startsWith('--')))
        expect(help).toMatch(new RegExp(`^ +${option} `, 'm'));
    },
  );

  it.each(deployments.map((words) => ({ line: words.join(' '), words })))(
    'names a deployment that the template accepts: npm run $line',
    ({ words: [script = '', option, assignment = ''] }) => {
      const [name = '', value = ''] = assignment.split('=');
      expect(scripts[script]).toBeDefined();
      expect(option).toBe('--set');
      expect(helpOf(script, undefined)).toContain('--set <Name=Value>');
      expect(isAccepted({ [name]: value })).toBe(true);
    },
  );
});
