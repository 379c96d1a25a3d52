import { apiError } from '../../errors.ts';
import type { PartResult } from './parts.ts';

/** `@{reference.field}` and `@{reference[0].field}`, in any depth. */
const REFERENCE = /@\{([^{}]*)\}/g;
const EXPRESSION = /^([^.[\]]+)((?:\.[^.[\]]+|\[\d+\])*)$/;
const STEP = /\.([^.[\]]+)|\[(\d+)\]/g;

/** Up to this version, a null field can't be referenced. */
const NULL_FAILS_UP_TO = 51;

/** The responses that later parts can refer to, by `referenceId`. */
export interface ReferenceContext {
  /** The version of the composite request, for example 68. */
  readonly version: number;
  readonly results: ReadonlyMap<string, PartResult>;
}

function unresolved(expression: string, more = ''): never {
  const [reference = ''] = expression.split(/[.[]/);
  const message = `Invalid reference specified. No value for ${expression} found in ${reference}.${more}`;
  throw apiError(400, 'PROCESSING_HALTED', message);
}

function read(body: unknown, steps: string): unknown {
  let value = body;
  for (const [, name, index] of steps.matchAll(STEP)) {
    const key = name ?? index ?? '';
    const isIndexed = index !== undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value) !== isIndexed)
      return undefined;
    value = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * The value of `reference.path`: text, a number, a boolean, or null.
 *
 * @throws ApiError PROCESSING_HALTED, in the words of "Composite Subrequest Result": no such part or field, a part that
 *   failed, an object or array, or a null field up to v51.
 */
function referenced(expression: string, { version, results }: ReferenceContext) {
  const [, reference = '', steps = ''] = EXPRESSION.exec(expression) ?? [];
  const result = results.get(reference);
  if (result === undefined || result.httpStatusCode >= 300) return unresolved(expression);
  const value = read(result.body, steps);
  if (value === null && version <= NULL_FAILS_UP_TO)
    return unresolved(
      expression,
      ` Provided referenceId ('${expression}') must start with a letter or a number, and it can contain only letters, numbers and underscores ('_').`,
    );
  if (value === null || isScalar(value)) return value;
  return unresolved(expression);
}

function inText(text: string, context: ReferenceContext, encode: (value: string) => string) {
  return text.replaceAll(REFERENCE, (_, expression: string) => {
    const value = referenced(expression, context);
    return value === null ? '' : encode(String(value));
  });
}

function inString(text: string, context: ReferenceContext): unknown {
  const [only] = text.matchAll(REFERENCE);
  // A text that is nothing but a reference has the type of the value (a guess: the guide shows texts only).
  if (only?.[0] === text) return referenced(only[1] ?? '', context);
  return inText(text, context, (value) => value);
}

/** A URL with its references resolved. Values are encoded (a guess: the guide shows ids only). */
export const resolveUrl = (url: string, context: ReferenceContext): string =>
  inText(url, context, encodeURIComponent);

/** A JSON value with the references in its texts resolved. */
export function resolveBody(value: unknown, context: ReferenceContext): unknown {
  if (typeof value === 'string') return inString(value, context);
  if (Array.isArray(value)) return value.map((item) => resolveBody(item, context));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveBody(item, context)]),
  );
}

/** The `referenceId`s that a JSON value's texts refer to. */
export const referencesIn = (value: unknown): string[] =>
  [...(JSON.stringify(value) ?? '').matchAll(REFERENCE)].map(
    ([, expression = '']) => expression.split(/[.[]/)[0] ?? '',
  );
