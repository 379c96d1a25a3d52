import * as z from 'zod';
import { classOf } from '../functions/salesforce-apicall/outcome/failure-class.ts';
import { errorSchema, replySchema } from '../functions/salesforce-apicall/outcome/reply-schema.ts';
import { requestSchema } from '../functions/salesforce-apicall/request/schema.ts';
import { classTable } from './failure-classes.ts';
import { fillPage, table } from './page.ts';

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

/** docs/apicall.md with its generated tables brought up to date. */
export const apicallPage = (): string =>
  fillPage('docs/apicall.md', {
    request: fields(jsonSchema(requestSchema)),
    reply: replyTable(),
    error: fields(jsonSchema(errorSchema)),
    classes: classTable(),
    statuses: statusTable(),
  });
