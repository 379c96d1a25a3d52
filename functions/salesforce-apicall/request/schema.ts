import * as z from 'zod';
import { isExactNumber } from '#common/json.ts';
import { RequestError } from '../errors.ts';
import { NO_DOTS } from './external-id.ts';

/**
 * A path segment, encoded later. It cannot leave the versioned REST root, and an HTTP stack cannot misread it. Rules are
 * regular expressions where possible, so that the published JSON Schema has them too.
 */
const segment = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is rejected here
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** One or more segments, separated by single slashes. */
export const objectPath = segment(255)
  .regex(/^(?!(?:[\s\S]*\/)?\.\.?(?:\/|$))/, NO_DOTS)
  .regex(/^[^/]+(?:\/[^/]+)*$/, 'must not contain empty segments');

/**
 * Only the value after the field's slash may begin or end with a slash, or contain a colon or dot segments: these only if no URL has
 * to carry them (external-id.ts).
 */
export const recordPath = segment(1024)
  .regex(/^(?!\.\.?(?:\/|$))/, NO_DOTS)
  .regex(/^(?!\/)(?![^/]*\/$)/, 'must be an id or ExternalIdField__c/value')
  .regex(/^(?![^/]*:)/, 'must not begin with a scheme, such as https:');

/**
 * Far above what Salesforce takes (five levels of records in a tree), and far below the several thousand levels at which
 * `JSON.stringify` fails.
 */
const MAX_DEPTH = 100;

const invalid = (message: string): never => {
  throw new RequestError('request-validation', message);
};

function requirePlainBelow(value: object, path: readonly string[]): void {
  if (path.length > MAX_DEPTH)
    invalid(`${path[0]}: must not be nested deeper than ${MAX_DEPTH} levels`);
  for (const [key, field] of Object.entries(value)) {
    if (key === '__proto__') invalid(`unknown key: ${[...path, key].join('.')}`);
    if (typeof field === 'object' && field !== null) requirePlainBelow(field, [...path, key]);
  }
}

/**
 * Rejects data that would be lost or fail the whole batch: a key `__proto__`, which copies of objects omit, and nesting that
 * exhausts the stack of recursive functions.
 *
 * @throws RequestError `request-validation` naming the place.
 */
export function requirePlain(data: unknown): void {
  if (typeof data === 'object' && data !== null) requirePlainBelow(data, []);
}

const actions = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD'] as const;

/** JSON Schema's patterns have no flag for it. */
const inAnyCase = (word: string): string =>
  word.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);

const action = z
  .string()
  .regex(
    new RegExp(`^(?:${actions.map(inAnyCase).join('|')})$`),
    `must be one of ${actions.join(', ')}`,
  )
  .meta({ examples: [...actions] })
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(actions));

/** Only headers that change what Salesforce does with the record, none that change credentials or the host. */
export const headerName = z
  .string()
  .regex(
    new RegExp(`^(?:${inAnyCase('sforce')}|${inAnyCase('if')})-[A-Za-z-]+$`),
    'must be an Sforce-… or If-… header',
  );

const headerValue = z.string().regex(/^[\x20-\x7e]*$/, 'must be printable ASCII');

/** Text that is not well-formed would change when encoded. */
const queryText = z.string().refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** The request data of TriggerMesh's contract and additions to it. docs/schemas/ and docs/apicall.md are generated from it. */
export const requestSchema = z.strictObject({
  action: action.describe('The HTTP method, in upper or lower case.'),
  resource: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must be one REST resource name, such as sobjects')
    .describe(
      'The REST resource below /services/data/<version>/, such as sobjects, query or composite; apexrest stands for /services/apexrest/. Limited by AllowedResources.',
    ),
  object: objectPath
    .nullish()
    .describe(
      'The path after the resource: an object name, or segments separated by /. Limited by AllowedObjects.',
    ),
  record: recordPath
    .nullish()
    .describe(
      'A record id, or <external id field>/<value>. Only the first slash is a separator; the value is percent-encoded for you.',
    ),
  query: z
    .record(queryText, queryText.nullable())
    .nullish()
    .describe('Query parameters as strings, such as {"q": "SELECT Id FROM Account"}.'),
  payload: z
    .unknown()
    .refine((value) => !isExactNumber(value), 'must not be a number by itself over 2^53')
    .optional()
    .describe('The body, any JSON value; not sent with GET and HEAD. Numbers keep their digits.'),
  headers: z
    .record(headerName, headerValue.nullable())
    .nullish()
    .describe('Headers of the call: Sforce-… and If-… only.'),
  idempotencyKey: z
    .string()
    .min(1)
    .max(512)
    .nullish()
    .describe(
      "Identifies the effect of a POST, which takes effect once per key. Default: the event's id.",
    ),
  priority: z
    .enum(['normal', 'low'])
    .nullish()
    .describe(
      'low: the request waits while more than ApiUsageThreshold percent of the daily API calls are used, by a figure of at most 15 minutes.',
    ),
  fit: z
    .record(z.string(), z.int().positive().nullable())
    .nullish()
    .describe(
      'Maximum lengths, in UTF-16 code units, to which text fields of the payload are truncated, such as {"Subject": 255}.',
    ),
});

type Parsed = z.infer<typeof requestSchema>;

type Maps = 'query' | 'headers' | 'fit';
type OtherFields = Omit<Parsed, Maps>;

/** A valid request. Keys that were `null` are not set. */
export type ApiCallRequest = {
  readonly [Key in keyof OtherFields]: Exclude<OtherFields[Key], null>;
} & {
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly fit?: Readonly<Record<string, number>> | undefined;
};

function withoutNulls<Value>(
  map: Readonly<Record<string, Value | null>> | null | undefined,
): Record<string, Value> | undefined {
  if (map === null || map === undefined) return undefined;
  const set = Object.entries(map).flatMap(([name, value]): [string, Value][] =>
    value === null ? [] : [[name, value]],
  );
  return Object.fromEntries(set);
}

/** `null` for an optional key means that it is not set, as in TriggerMesh's target; so it does for a query parameter. */
const withoutUnset = (parsed: Parsed): ApiCallRequest => ({
  ...parsed,
  object: parsed.object ?? undefined,
  record: parsed.record ?? undefined,
  idempotencyKey: parsed.idempotencyKey ?? undefined,
  priority: parsed.priority ?? undefined,
  query: withoutNulls(parsed.query),
  headers: withoutNulls(parsed.headers),
  fit: withoutNulls(parsed.fit),
});

const MAPS: readonly Maps[] = ['query', 'headers', 'fit'];

/** A number that JavaScript can't represent is an object, in which zod would look for keys. */
function requireMaps(data: unknown): void {
  if (isExactNumber(data)) invalid('request: must be an object');
  for (const name of MAPS)
    if (isExactNumber(Object(data)[name])) invalid(`${name}: must be an object`);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown key: ${issue.keys.join(', ')}`;
  const { message } = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
  return `${issue.path.join('.') || 'request'}: ${message}`;
}

/**
 * Validates data as a request.
 *
 * @throws RequestError `request-validation` naming every invalid field and what was expected.
 */
export function parseRequest(data: unknown): ApiCallRequest {
  requirePlain(data);
  requireMaps(data);
  const parsed = requestSchema.safeParse(data);
  if (parsed.success) return withoutUnset(parsed.data);
  throw new RequestError('request-validation', parsed.error.issues.map(describeIssue).join('; '));
}
