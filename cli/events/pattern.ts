import { checkPattern } from '../../build/mappings/pattern-check.ts';
import { isJsonObject, type JsonObject } from '../../functions/common/json.ts';
import { matchesPattern } from '../../functions/salesforce-apicall/mapping/pattern.ts';
import { UsageError } from '../errors.ts';
import type { EventSummary } from './trace.ts';

export interface FilterOptions {
  readonly source?: readonly string[];
  readonly type?: readonly string[];
  readonly pattern?: string;
}

/** Log lines have no content of an event: only these of an event pattern's fields can be compared. */
const FIELDS: readonly string[] = ['source', 'detail-type', 'id'];

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(
      `--pattern takes an event pattern in JSON, such as '{"source": [{"prefix": "com.example"}]}'.`,
      { cause },
    );
  }
}

/**
 * Parses an event pattern that log lines can be compared with.
 *
 * @throws UsageError naming the fields that they don't have, or what of the pattern is not supported.
 */
function parsePattern(text: string): JsonObject {
  const pattern = parse(text);
  if (!isJsonObject(pattern)) throw new UsageError('--pattern takes a JSON object.');
  const others = Object.keys(pattern).filter((name) => !FIELDS.includes(name));
  if (others.length > 0)
    throw new UsageError(
      `--pattern can't use ${others.join(', ')}: log lines have no content of events. It can use ${FIELDS.join(', ')}.`,
    );
  const issues = checkPattern(pattern, []);
  if (issues.length === 0) return pattern;
  const texts = issues.map(
    ({ path, message }) => `  ${path.join('.') || 'the pattern'} ${message}`,
  );
  throw new UsageError(`--pattern:\n${texts.join('\n')}`);
}

/** @returns a function that tells whether an event matches all of the options. */
export function createFilter({ source, type, pattern }: FilterOptions) {
  const patterns: JsonObject[] = [
    ...(source === undefined ? [] : [{ source }]),
    ...(type === undefined ? [] : [{ 'detail-type': type }]),
    ...(pattern === undefined ? [] : [parsePattern(pattern)]),
  ];
  return ({ id, source: own, detailType }: EventSummary): boolean => {
    const event = { id, source: own, 'detail-type': detailType };
    return patterns.every((one) => matchesPattern(one, event));
  };
}
