import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');

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

Generated from \`destinations/partners.yaml\` by \`npm run docs\`.

The services that the EventBridge User Guide lists under "API destination partners", as parameter values of
\`destinations/http.yaml\`. Each is deployed with a secret that holds the fields named in its row:

\`\`\`sh
npm run destination -- secret slack --file slack.json
npm run destination -- deploy slack --secret slack --partner slack --parameter "DetailTypes=Order Placed"
\`\`\`

Replace \`example\` with your own value: \`--parameter Endpoint=…\` overrides the row's value, and the same goes for every
other parameter. Paths and templates fit the [sample event](../events/bus-order-placed.json). Give those of your events, or
keep them in a YAML file for \`--values\`. A row without a body parameter sends the whole event. Each row is tested by the
request that it makes of the sample event. For deploying without this command, for every parameter, and for what happens
when a call fails, see [api-destinations.md](api-destinations.md).
`;

/** docs/partners.md: one row for each partner in destinations/partners.yaml. */
export function partnersPage(): string {
  const partners: Readonly<Record<string, Partner>> = parse(
    readFileSync(join(root, 'destinations/partners.yaml'), 'utf8'),
  );
  const rows = Object.entries(partners).map(([name, partner]) => partnerRow(name, partner));
  const head =
    '| partner | option | fields of the secret | parameter values | note |\n|---|---|---|---|---|';
  return `${PARTNERS}\n${head}\n${rows.join('\n')}\n`;
}
