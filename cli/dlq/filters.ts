import * as z from 'zod/mini';
import { type Filter, filterSchema } from '../../functions/dlq-reprocessor/filter.ts';
import { UsageError } from '../errors.ts';
import { parsePastTime } from '../options.ts';

type Parse = (value: string, now: Date) => Partial<Filter>;

const secondsSince = (name: string, text: string, now: Date): number =>
  Math.floor((now.getTime() - parsePastTime(text, `The filter ${name}`, now).getTime()) / 1000);

/** Parses a scalar in JSON (7, true, null, "7"); any other text stands for itself. */
function scalarOf(text: string): string | number | boolean | null {
  try {
    const value: unknown = JSON.parse(text);
    return isScalar(value) ? value : text;
  } catch {
    return text;
  }
}

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** `$.a.b=value`: the first equals sign ends the path. */
const parsePath: Parse = (text) => {
  const at = text.indexOf('=');
  if (at < 0) throw new UsageError(`The filter path takes $.a.b=value, not "${text}".`);
  return { path: { [text.slice(0, at)]: scalarOf(text.slice(at + 1)) } };
};

const parsers: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['reason', (reason) => ({ reason })],
  ['error-code', (errorCode) => ({ errorCode })],
  ['object', (object) => ({ object })],
  ['older-than', (text, now) => ({ olderThanSeconds: secondsSince('older-than', text, now) })],
  ['newer-than', (text, now) => ({ newerThanSeconds: secondsSince('newer-than', text, now) })],
  ['path', parsePath],
  ['id', (id) => ({ id: id.split(',') })],
  ['key', (key) => ({ key })],
]);

export const filterNames: readonly string[] = [...parsers.keys()];

function parseOne(text: string, now: Date): Partial<Filter> {
  if (text.startsWith('$')) return parsePath(text, now);
  const at = text.indexOf('=');
  const parse = at < 0 ? undefined : parsers.get(text.slice(0, at));
  if (parse) return parse(text.slice(at + 1), now);
  throw new UsageError(
    `"${text}" is not a filter: pass name=value, where name is one of ${filterNames.join(', ')}.`,
  );
}

const repeatable = ['id', 'path'];

/** Ids and paths are combined; every other filter can be passed once. */
function combine(one: Partial<Filter>, other: Partial<Filter>): Partial<Filter> {
  const repeated = Object.keys(other).find((key) => key in one && !repeatable.includes(key));
  if (repeated !== undefined)
    throw new UsageError(`The filter ${nameOf(repeated)} was passed twice: pass it once.`);
  return {
    ...one,
    ...other,
    ...(one.id && other.id ? { id: [...one.id, ...other.id] } : {}),
    ...(one.path && other.path ? { path: { ...one.path, ...other.path } } : {}),
  };
}

/** The filter's name for a field of the function: `error-code` for `errorCode`. */
const nameOf = (field: unknown): string =>
  String(field)
    .replace(/Seconds$/, '')
    .replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/**
 * Parses `name=value` texts into the function's filter; a message must match all of them.
 *
 * @throws UsageError listing the valid names, or the valid values of a name.
 */
export function parseFilters(texts: readonly string[], now = new Date()): Filter {
  const filter = texts.map((text) => parseOne(text, now)).reduce(combine, {});
  const parsed = z.safeParse(filterSchema, filter);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: [field], message }) => `The filter ${nameOf(field)} ${message}.`,
  );
  throw new UsageError(problems.join('\n'));
}
