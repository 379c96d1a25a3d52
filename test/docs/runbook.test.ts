import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { failureClasses } from '../../functions/dlq-reprocessor/dead-letter/message.ts';
import { parkReasons } from '../../functions/dlq-reprocessor/park/reasons.ts';
import { root } from '../../local/stack/paths.ts';
import { fakeFunction } from '../cli/dlq/fake-function.ts';
import { fakeAws, run } from '../cli/dlq/harness.ts';

const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
const template = parse(readFileSync(join(root, 'template.yaml'), 'utf8'), { logLevel: 'silent' });

const alarms = Object.entries<{ Type: string }>(template.Resources)
  .filter(([, { Type }]) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type))
  .map(([logicalId]) => logicalId);

const headings = runbook.match(/^#### .+$/gm) ?? [];
const documented = headings.flatMap((heading) => heading.match(/\w+/g) ?? []);

/** The page's command lines, split into words as a shell would: none of their values contains a space. */
const commands = [...runbook.matchAll(/^ *npm run dlq -- ([^#>\n]+)/gm)].map(([, args = '']) =>
  args.trim().split(/\s+/),
);

describe('docs/runbook.md', () => {
  it('has a section for each alarm, and no other', () => {
    expect(alarms.length).toBeGreaterThan(0);
    expect(documented.toSorted()).toEqual(alarms.toSorted());
  });

  it.each([...parkReasons, ...failureClasses])('explains %s', (name) => {
    expect(runbook).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
  });

  it('shows every action of the command', () => {
    const actions = new Set(commands.map(([action]) => action));
    expect([...actions].toSorted()).toEqual([
      'drop',
      'park',
      'preview',
      'redrive',
      'show',
      'status',
      'unpark',
    ]);
  });

  // `show` reads messages itself (test/cli/dlq/show.flow.test.ts).
  it.each(commands.filter(([action]) => action !== 'show'))(
    'shows a valid command line: %s %s %s %s',
    async (...args) => {
      const { exitCode, stderr } = await run(args, fakeAws(fakeFunction({}).report), {
        answer: 'n',
      });
      expect(stderr).not.toMatch(/error:|not a filter|must be/);
      expect(exitCode).toBe(0);
    },
  );
});
