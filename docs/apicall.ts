import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import {
  classOf,
  codes,
  type FailureClass,
} from '../functions/salesforce-apicall/outcome/failure-class.ts';
import { errorSchema, replySchema } from '../functions/salesforce-apicall/outcome/reply-schema.ts';
import { requestSchema } from '../functions/salesforce-apicall/request/schema.ts';

const root = join(import.meta.dirname, '..');

/** What becomes of a queued request by the class of its failure. */
export const fates: Readonly<Record<FailureClass, string>> = {
  'retry-soon':
    'Tried again after seconds (1, 2, 4, … at most 300; half of it is chance; not before `Retry-After`). After `MaxAttempts` tries a dead letter, which the reprocessor sends back to the queue.',
  'retry-later':
    'The breaker opens: no container makes a call for 5 to 60 minutes, and waiting counts as no try. After `MaxAttempts` tries a dead letter, which is sent back when the time in its `notBefore` has come.',
  alone:
    'Failed because another request of its call did: made again at once in a call of its own. Alone, it is tried again as above.',
  'permanent-data': 'A dead letter at once and an error reply; the reprocessor parks it.',
  'permanent-size': 'A dead letter at once and an error reply; the reprocessor parks it.',
  configuration:
    'A dead letter at once and an error reply; the reprocessor sends it back, a few times, for somebody may have mended it. Where the login itself is refused, the breaker opens and requests wait instead.',
  'outcome-unknown':
    'A dead letter at once and an error reply. The call is never made again: the reprocessor parks it for a person to look in Salesforce.',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** Aligned, as the pages written by hand are. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line([], '-'), ...others.map((row) => line(row))].join('\n');
};

interface JsonSchema {
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly oneOf?: readonly JsonSchema[];
}

const jsonSchema = (schema: z.ZodType): JsonSchema =>
  JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })));

/** A row for each property, those of objects inside it below it. */
function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): string[][] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const isRequired = required.includes(name) ? 'always' : '';
    const row = [`\`${prefix}${name}\``, isRequired, property.description ?? ''];
    return [row, ...rowsOf(property, `${prefix}${name}.`)];
  });
}

const fields = (schema: JsonSchema): string => table(['field', 'there', ''], rowsOf(schema));

function replyTable(): string {
  const { oneOf: [success = {}, error = {}] = [] } = jsonSchema(replySchema);
  const { category, data, ...attributes } = success.properties ?? {};
  const own = [
    [
      '`category`',
      'always',
      `\`success\`: ${category?.description} \`error\`: ${error.properties?.['category']?.description}`,
    ],
    ['`data`', 'always', `${data?.description} In an error: below.`],
  ];
  return table(
    ['attribute', 'there', ''],
    [...rowsOf({ ...success, properties: attributes }), ...own],
  );
}

const classTable = (): string =>
  table(
    ['class', 'what becomes of the request', "Salesforce's codes"],
    Object.entries(fates).map(([name, fate]) => {
      const own = new Map<string, readonly string[]>(Object.entries(codes)).get(name) ?? [];
      return [`\`${name}\``, fate, own.map((code) => `\`${code}\``).join(' ')];
    }),
  );

const STATUSES = [
  300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 414, 415,
];
const MORE = [420, 425, 428, 429, 431, 500, 502, 503, 504];

function statusTable(): string {
  const byClass = Map.groupBy([...STATUSES, ...MORE], (status) => classOf(status, []));
  return table(
    ['class', 'HTTP status'],
    [...byClass].map(([name, statuses]) => [`\`${name}\``, statuses.join(', ')]),
  );
}

/** The parts of docs/apicall.md that are made from the code: name of the part → text. */
const parts = (): Readonly<Record<string, string>> => ({
  request: fields(jsonSchema(requestSchema)),
  reply: replyTable(),
  error: fields(jsonSchema(errorSchema)),
  classes: classTable(),
  statuses: statusTable(),
});

/** docs/apicall.md with its made parts made anew; everything between them is written by hand. */
export function apicallPage(): string {
  const page = readFileSync(join(root, 'docs/apicall.md'), 'utf8');
  return Object.entries(parts()).reduce((text, [name, part]) => {
    const block = new RegExp(`(<!-- ${name}: made by npm run docs -->\n)[^]*?(<!-- end -->)`);
    if (!block.test(text)) throw new Error(`docs/apicall.md has no place for the part ${name}`);
    return text.replace(block, (_all, open, close) => `${open}\n${part}\n\n${close}`);
  }, page);
}
