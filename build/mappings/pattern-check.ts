import type { Path } from './document.ts';

interface PatternIssue {
  readonly path: Path;
  readonly message: string;
}

const SUBSET =
  'prefix, suffix, anything-but, exists, numeric, equals-ignore-case and wildcard are supported';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** EventBridge compares numbers of up to 15 digits, of which six decimals count ("Numeric matching"). */
const LIMIT = 5e9;
const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= LIMIT && Number(value.toFixed(6)) === value;

const numberRule = `is not a number that EventBridge compares — write one between -${LIMIT} and ${LIMIT} with at most 6 decimals`;

function describeRange(range: unknown): string | undefined {
  const isRange =
    Array.isArray(range) &&
    (range.length === 2 || range.length === 4) &&
    range.every((part, index) =>
      index % 2 === 0 ? ['=', '<', '<=', '>', '>='].includes(part) : isNumber(part),
    );
  return isRange ? undefined : 'is not a range — write one such as {numeric: [">", 0, "<=", 5]}';
}

function describeWildcard(text: unknown): string | undefined {
  if (!isText(text)) return 'is not a wildcard — write a text such as "*.pdf"';
  if (text.includes('**')) return 'has two * in a row — write one';
  const isEscaped = !/\\(?![*\\])/.test(text.replaceAll('\\\\', ''));
  return isEscaped ? undefined : 'has a \\ before another character — write \\\\ for a backslash';
}

function describeExcluded(excluded: unknown): string | undefined {
  if (isMap(excluded)) {
    const [[kind, text] = [], ...others] = Object.entries(excluded);
    const isKnown = others.length === 0 && (kind === 'prefix' || kind === 'suffix') && isText(text);
    return isKnown
      ? undefined
      : 'is not supported — write anything-but with values, {prefix: text} or {suffix: text}';
  }
  const values = Array.isArray(excluded) ? excluded : [excluded];
  const isList = values.length > 0 && (values.every(isText) || values.every(isNumber));
  return isList ? undefined : 'is not a list of texts, or of numbers — write one kind of them';
}

const text =
  (kind: string) =>
  (argument: unknown): string | undefined =>
    typeof argument === 'string' && (argument !== '' || kind === 'equals-ignore-case')
      ? undefined
      : `is not a text — write {${kind}: text}`;

const matchers: Readonly<Record<string, (argument: unknown) => string | undefined>> = {
  prefix: text('prefix'),
  suffix: text('suffix'),
  'equals-ignore-case': text('equals-ignore-case'),
  exists: (argument) =>
    typeof argument === 'boolean' ? undefined : 'is not true or false — write {exists: true}',
  numeric: describeRange,
  wildcard: describeWildcard,
  'anything-but': describeExcluded,
};

function describeMatcher(matcher: unknown): string | undefined {
  if (Array.isArray(matcher)) return 'is a list in a list — write its values in one list';
  if (typeof matcher === 'number') return isNumber(matcher) ? undefined : numberRule;
  if (!isMap(matcher)) return undefined;
  const [[kind = '', argument] = [], ...others] = Object.entries(matcher);
  if (others.length > 0) return 'has several comparisons — write one in each {…}';
  const describe = Object.hasOwn(matchers, kind) ? matchers[kind] : undefined;
  return describe === undefined ? `is not supported (${kind}) — ${SUBSET}` : describe(argument);
}

function checkField(name: string, value: unknown, path: Path): PatternIssue[] {
  if (name.includes('.'))
    return [{ path, message: 'has a dot in its name — EventBridge reads it as a path: nest it' }];
  if (isMap(value)) return checkPattern(value, path);
  if (!Array.isArray(value) || value.length === 0)
    return [{ path, message: 'is not a list of values — write one such as [opened]' }];
  return value.flatMap((matcher, index) => {
    const message = describeMatcher(matcher);
    return message === undefined ? [] : [{ path: [...path, index], message }];
  });
}

function checkAlternatives(alternatives: unknown, siblings: readonly string[], path: Path) {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isMap))
    return [{ path, message: 'is not a list of patterns — write two or more' }];
  return alternatives.flatMap((one, index) => {
    const at = [...path, index];
    // EventBridge keeps one of two conditions on the same field.
    const twice = Object.keys(one).find((name) => siblings.includes(name));
    if (twice === undefined) return checkPattern(one, at);
    const message = 'is beside $or, too — write all its conditions inside';
    return [{ path: [...at, twice], message }];
  });
}

/** What of a pattern is outside the subset that the matcher of mappings decides as EventBridge does. */
export function checkPattern(
  pattern: Readonly<Record<string, unknown>>,
  path: Path,
): PatternIssue[] {
  const names = Object.keys(pattern);
  if (names.length === 0) return [{ path, message: 'is empty — name a field, or leave it out' }];
  return Object.entries(pattern).flatMap(([name, value]) =>
    name === '$or'
      ? checkAlternatives(value, names, [...path, name])
      : checkField(name, value, [...path, name]),
  );
}
