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
