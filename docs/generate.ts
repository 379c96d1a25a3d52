import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { apicallPage } from './apicall.ts';
import { costPage } from './cost.ts';
import { eventsPage } from './events.ts';
import { runbookPage } from './failure-classes.ts';
import { partnersPage } from './partners.ts';
import { resourcesPage } from './resources.ts';
import { schemaFiles } from './schemas.ts';

const root = join(import.meta.dirname, '..');

interface Parameter {
  readonly Description: string;
  readonly Default: string | number;
  readonly AllowedValues?: readonly (string | number)[];
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly ConstraintDescription?: string;
}

interface Group {
  readonly Label: { readonly default: string };
  readonly Parameters: readonly string[];
}

const limits = ({
  AllowedValues,
  MinValue,
  MaxValue,
  ConstraintDescription,
}: Parameter): string => {
  if (AllowedValues) return AllowedValues.map((value) => `\`${value}\``).join(' ');
  if (MinValue !== undefined)
    return MaxValue === undefined ? `from ${MinValue}` : `${MinValue} to ${MaxValue}`;
  return ConstraintDescription?.replaceAll('|', '\\|') ?? '';
};

const row = (name: string, parameter: Parameter): string =>
  `| \`${name}\` | ${parameter.Default === '' ? '' : `\`${parameter.Default}\``} | ${limits(parameter)} | ${parameter.Description} |`;

/** docs/parameters.md: the template's parameters by group, with their defaults, constraints and descriptions. */
export function parametersPage(): string {
  const source = readFileSync(join(root, 'template.yaml'), 'utf8');
  const template = parse(source, { logLevel: 'silent', merge: true });
  const parameters: Readonly<Record<string, Parameter>> = template.Parameters;
  const groups: readonly Group[] =
    template.Metadata['AWS::CloudFormation::Interface'].ParameterGroups;
  const sections = groups.map(({ Label, Parameters }) => {
    const rows = Parameters.flatMap((name) => {
      const parameter = parameters[name];
      return parameter === undefined ? [] : [row(name, parameter)];
    });
    return [
      `## ${Label.default}`,
      '',
      '| parameter | default | limits | |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `# Parameters\n\nGenerated from \`template.yaml\` by \`npm run docs\`.\n\n${sections.join('\n\n')}\n`;
}

/** Every generated file in docs/: its path relative to the project → its text. */
export const generated = (): Readonly<Record<string, string>> => ({
  'docs/parameters.md': parametersPage(),
  ...schemaFiles(),
  'docs/apicall.md': apicallPage(),
  'docs/runbook.md': runbookPage(),
  'docs/partners.md': partnersPage(),
  'docs/resources.md': resourcesPage(),
  'docs/cost.md': costPage(),
  'docs/events.md': eventsPage(),
});

/** Writes every generated file. */
export function writeGenerated(): void {
  for (const [file, text] of Object.entries(generated())) writeFileSync(join(root, file), text);
}
