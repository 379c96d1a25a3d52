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

/** What happens to a queued request, by the class of its failure. */
export const dispositions: Readonly<Record<FailureClass, string>> = {
  'retry-soon':
    'Retried with back-off (1, 2, 4, … at most 300 seconds, half of it random, not before `Retry-After`). After `MaxAttempts` attempts, dead-lettered; the reprocessor redrives it.',
  'retry-later':
    'The circuit breaker opens: no container makes a call for 5 to 60 minutes, and waiting counts no attempt. After `MaxAttempts` attempts, dead-lettered; the reprocessor redrives it once its `notBefore` has passed.',
  alone:
    'Failed because of another request in its API call: repeated immediately in a call of its own. If it fails alone, it is retried as above.',
  'permanent-data': 'Dead-lettered immediately, with an error reply; the reprocessor parks it.',
  'permanent-size': 'Dead-lettered immediately, with an error reply; the reprocessor parks it.',
  configuration:
    'Dead-lettered immediately, with an error reply; the reprocessor redrives it up to `MaxRedrives` times, because the cause may have been fixed. If the login itself is refused, the circuit breaker opens and requests wait instead.',
  'outcome-unknown':
    'Dead-lettered immediately, with an error reply. The call is never repeated: the reprocessor parks it until somebody has checked in Salesforce.',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** A table with aligned columns, as the formatter writes it. */
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

/** One row per property, followed by the properties of nested objects. */
function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): string[][] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const isRequired = required.includes(name) ? 'yes' : '';
    const row = [`\`${prefix}${name}\``, isRequired, property.description ?? ''];
    return [row, ...rowsOf(property, `${prefix}${name}.`)];
  });
}

const fields = (schema: JsonSchema): string =>
  table(['field', 'required', 'description'], rowsOf(schema));

function replyTable(): string {
  const { oneOf: [success = {}, error = {}] = [] } = jsonSchema(replySchema);
  const { category, data, ...attributes } = success.properties ?? {};
  const own = [
    [
      '`category`',
      'yes',
      `\`success\`: ${category?.description} \`error\`: ${error.properties?.['category']?.description}`,
    ],
    ['`data`', 'yes', `${data?.description} For an error, see below.`],
  ];
  return table(
    ['attribute', 'required', 'description'],
    [...rowsOf({ ...success, properties: attributes }), ...own],
  );
}

const classTable = (): string =>
  table(
    ['class', 'what happens to the request', "Salesforce's codes"],
    Object.entries(dispositions).map(([name, disposition]) => {
      const own = new Map<string, readonly string[]>(Object.entries(codes)).get(name) ?? [];
      return [`\`${name}\``, disposition, own.map((code) => `\`${code}\``).join(' ')];
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

/** The generated parts of docs/apicall.md: name of the part → text. */
const parts = (): Readonly<Record<string, string>> => ({
  request: fields(jsonSchema(requestSchema)),
  reply: replyTable(),
  error: fields(jsonSchema(errorSchema)),
  classes: classTable(),
  statuses: statusTable(),
});

/** docs/apicall.md with its generated parts updated; the rest of the page is kept. */
export function apicallPage(): string {
  const page = readFileSync(join(root, 'docs/apicall.md'), 'utf8');
  return Object.entries(parts()).reduce((text, [name, part]) => {
    const block = new RegExp(`(<!-- ${name}: generated by npm run docs -->\n)[^]*?(<!-- end -->)`);
    if (!block.test(text)) throw new Error(`docs/apicall.md lacks the markers of the part ${name}`);
    return text.replace(block, (_all, open, close) => `${open}\n${part}\n\n${close}`);
  }, page);
}
