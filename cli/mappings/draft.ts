import { isJsonObject } from '../../functions/common/json.ts';
import type { BusEvent } from '../../functions/salesforce-apicall/request/parse.ts';

/** As many as a reader can look through. */
const MAX_PATHS = 40;
const PLAIN = /^[A-Za-z_]\w*$/;

/** The paths of an event's texts, numbers and booleans, as expressions write them; of a list, those of its first element. */
function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : pathsOf(value[0], path);
  if (!isJsonObject(value)) return value === null ? [] : [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsOf(inner, `${path}.${PLAIN.test(name) ? name : `\`${name}\``}`),
  );
}

const quote = (text: string): string => JSON.stringify(text);

/** Of an event with an `action`, as GitHub's, only that action is mapped at first. */
const detailPattern = ({ detail }: BusEvent): string[] => {
  const action: unknown = isJsonObject(detail) ? detail['action'] : undefined;
  return typeof action === 'string' ? [`  detail: { action: [${quote(action)}] }`] : [];
};

/** A mapping to start from: it creates a Task, and names in comments what the event has. */
export function draftMapping(event: BusEvent, file: string): string {
  const paths = pathsOf(event['detail'], 'detail');
  const [subject = '`detail-type`'] = paths.filter((path) =>
    /title|name|subject|Body$/i.test(path),
  );
  const listed = paths.slice(0, MAX_PATHS).map((path) => `#   ${path}`);
  return [
    '# yaml-language-server: $schema=../docs/schemas/mapping.schema.json',
    '# docs/mappings.md explains every line. What the event has:',
    ...listed,
    ...(paths.length > MAX_PATHS ? [`#   … and ${paths.length - MAX_PATHS} more`] : []),
    `description: ${quote(`An event ${event['detail-type']} becomes a Task`)}`,
    'on:',
    `  source: [${quote(event.source)}]`,
    `  detail-type: [${quote(event['detail-type'])}]`,
    ...detailPattern(event),
    'steps:',
    '  # Verbs: find, create, upsert, update, delete, call.',
    '  - create: Task',
    '    fields:',
    '      # Between {% and %} is an expression: a path of the event, or text put together with &.',
    `      Subject: '{% ${subject} %}'`,
    `      Description: '{% "Event " & id %}'`,
    '    # Longer texts are cut instead of refused.',
    '    fit: { Subject: 255 }',
    'examples:',
    '  # npm run mappings -- test runs it.',
    '  - name: the event that this mapping was made from',
    `    event: ${quote(file)}`,
    '',
  ].join('\n');
}

/** The expectation of the draft's example: what it sends now, as the last lines of the file. */
export const draftExpectation = (sends: readonly unknown[]): string =>
  ['    sends:', ...sends.map((one) => `      - ${JSON.stringify(one)}`), ''].join('\n');
