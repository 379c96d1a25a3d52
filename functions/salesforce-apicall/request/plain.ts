import { RequestError } from '../errors.ts';

/**
 * Far above what Salesforce takes (five levels of records in a tree), far below the some thousand levels at which JSON can
 * no longer be written.
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
 * Refuses what would get lost on the way, or take the whole batch with it: a key `__proto__`, which copies of objects
 * leave out, and nesting on which a recursive function runs out of stack.
 *
 * @throws RequestError `request-validation` naming where it stands.
 */
export function requirePlain(data: unknown): void {
  if (typeof data === 'object' && data !== null) requirePlainBelow(data, []);
}
