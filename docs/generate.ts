import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

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

/** docs/parameters.md as the template's own descriptions and constraints make it. */
export function parametersPage(): string {
  const template = parse(readFileSync(join(root, 'template.yaml'), 'utf8'), { logLevel: 'silent' });
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
  return `# Parameters\n\nMade from \`template.yaml\` by \`npm run docs\`.\n\n${sections.join('\n\n')}\n`;
}

interface Partner {
  readonly title: string;
  readonly ended?: string;
  readonly note?: string;
  readonly secret?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
}

const partnerRow = (name: string, partner: Partner): string => {
  const { ended, note = '', parameters = {}, secret = {}, title } = partner;
  if (ended !== undefined) return `| ~~${title}~~ | ended | | | ${ended} |`;
  const values = Object.entries(parameters).map(([key, value]) => `\`${key}\`: \`${value}\``);
  const fields = Object.entries(secret).map(([key, value]) => `\`${key}\`: ${value}`);
  return `| ${title} | \`--partner ${name}\` | ${fields.join('<br>')} | ${values.join('<br>')} | ${note} |`;
};

const PARTNERS = `# Partners

Made from \`destinations/partners.yaml\` by \`npm run docs\`.

The services that the EventBridge User Guide lists under "API destination partners", as parameter values of
\`destinations/http.yaml\`. One is deployed like this, with a secret that holds the fields named below:

\`\`\`sh
npm run destination -- secret slack --file slack.json
npm run destination -- deploy slack --secret slack --partner slack --parameter "DetailTypes=Order Placed"
\`\`\`

\`example\` stands for what is yours: \`--parameter Endpoint=…\` says it, as it says every other value of the row. Paths
and templates fit the [sample event](../events/bus-order-placed.json); give those of your events, or keep them in a YAML
file for \`--values\`. Where a row has no body parameter, the whole event is sent. Each row is tested by the request that it
makes of the sample. How to deploy without this command, what every parameter does, and what happens when a call fails:
[api-destinations.md](api-destinations.md).
`;

/** docs/partners.md as destinations/partners.yaml makes it. */
export function partnersPage(): string {
  const partners: Readonly<Record<string, Partner>> = parse(
    readFileSync(join(root, 'destinations/partners.yaml'), 'utf8'),
  );
  const rows = Object.entries(partners).map(([name, partner]) => partnerRow(name, partner));
  const head = '| partner | | fields of the secret | parameter values | |\n|---|---|---|---|---|';
  return `${PARTNERS}\n${head}\n${rows.join('\n')}\n`;
}

if (import.meta.main) {
  writeFileSync(join(root, 'docs/parameters.md'), parametersPage());
  writeFileSync(join(root, 'docs/partners.md'), partnersPage());
}
