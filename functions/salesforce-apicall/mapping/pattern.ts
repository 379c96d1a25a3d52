import { isExactNumber, isJsonObject, type JsonObject } from '#common/json.ts';
import type { EventPattern } from './definition.ts';

/** A text, number, boolean or null that a pattern names, or one comparison, such as `{prefix: text}`. */
type Matcher = unknown;

/** The elements of a value, and of arrays in it: each of them is compared on its own. */
const elementsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.flatMap(elementsOf) : [value];

/** A value that a pattern can compare: EventBridge does not see empty objects and arrays. */
const isLeaf = (value: unknown): boolean => value !== undefined && !isJsonObject(value);

/** Whether any path of these names, through arrays too, leads to a value. */
function hasLeaf(value: unknown, [name, ...rest]: readonly string[]): boolean {
  const elements = elementsOf(value);
  if (name === undefined) return elements.some(isLeaf);
  return elements.some(
    (element) =>
      isJsonObject(element) && Object.hasOwn(element, name) && hasLeaf(element[name], rest),
  );
}

const toNumber = (value: unknown): number =>
  typeof value === 'number' ? value : isExactNumber(value) ? Number(JSON.stringify(value)) : NaN;

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** `['>', 0, '<=', 5]`: all comparisons hold. */
function inRange(value: unknown, range: readonly unknown[]): boolean {
  const number = toNumber(value);
  return range.every((operator, index) => {
    if (index % 2 === 1) return true;
    const limit = range[index + 1];
    return comparisons[String(operator)]?.(number, Number(limit)) ?? false;
  });
}

/** `*` stands for any characters, `\*` and `\\` for themselves. */
function literalsOf(wildcard: string): string[] {
  const literals = [''];
  for (const [token] of wildcard.matchAll(/\\[*\\]|[\s\S]/g)) {
    if (token === '*') literals.push('');
    else literals.push(`${literals.pop()}${token.length > 1 ? token.slice(1) : token}`);
  }
  return literals;
}

/** Each literal is looked for after the one before it, which takes linear time. */
function matchesWildcard(text: string, wildcard: string): boolean {
  const [first = '', ...rest] = literalsOf(wildcard);
  const last = rest.pop();
  if (last === undefined) return text === first;
  let from = first.length;
  for (const literal of rest) {
    const index = text.indexOf(literal, from);
    if (index < 0) return false;
    from = index + literal.length;
  }
  return text.startsWith(first) && text.length - from >= last.length && text.endsWith(last);
}

const matchesText: Readonly<Record<string, (text: string, argument: string) => boolean>> = {
  prefix: (text, argument) => text.startsWith(argument),
  suffix: (text, argument) => text.endsWith(argument),
  'equals-ignore-case': (text, argument) => text.toLowerCase() === argument.toLowerCase(),
  wildcard: matchesWildcard,
};

function isButOf(value: unknown, excluded: unknown): boolean {
  if (isJsonObject(excluded)) return !matchesElement(value, excluded);
  return !(Array.isArray(excluded) ? excluded : [excluded]).includes(value);
}

/** Whether one element matches. `exists` is about all elements, and decided before. */
function matchesElement(value: unknown, matcher: Matcher): boolean {
  if (!isJsonObject(matcher)) return isLeaf(value) && value === matcher;
  const [[kind, argument] = ['', undefined]] = Object.entries(matcher);
  if (!isLeaf(value)) return false;
  if (kind === 'anything-but') return isButOf(value, argument);
  if (kind === 'numeric') return Array.isArray(argument) && inRange(value, argument);
  return typeof value === 'string' && (matchesText[kind]?.(value, String(argument)) ?? false);
}

interface Place {
  readonly event: JsonObject;
  /** From the event to what is matched. */
  readonly path: readonly string[];
}

function matchesLeaf(value: unknown, matcher: Matcher, { event, path }: Place): boolean {
  const exists: unknown = isJsonObject(matcher) ? matcher['exists'] : undefined;
  if (exists === false) return !hasLeaf(event, path);
  const elements = elementsOf(value);
  if (exists === true) return elements.some(isLeaf);
  return elements.some((element) => matchesElement(element, matcher));
}

/** All fields match, those of objects in an array in one and the same element. */
function matchesFields(value: unknown, pattern: JsonObject, place: Place): boolean {
  const fields = isJsonObject(value) ? value : {};
  return Object.entries(pattern).every(([name, inner]) => {
    if (name === '$or')
      return Array.isArray(inner) && inner.some((one) => matchesFields(value, Object(one), place));
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const at = { ...place, path: [...place.path, name] };
    if (Array.isArray(inner)) return inner.some((matcher) => matchesLeaf(field, matcher, at));
    const elements = elementsOf(field);
    // Of an empty array, fields that must not exist match.
    const places = elements.length === 0 ? [undefined] : elements;
    return places.some((element) => matchesFields(element, Object(inner), at));
  });
}

/**
 * Whether an event matches, as EventBridge would decide ("Amazon EventBridge event patterns"), of the subset of patterns that
 * docs/mappings.md names: the build refuses others.
 */
export const matchesPattern = (pattern: EventPattern | JsonObject, event: JsonObject): boolean =>
  matchesFields(event, { ...pattern }, { event, path: [] });
