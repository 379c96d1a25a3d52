import { ConfigurationError } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** Reads one setting. Throws an error that names the variable and what was expected. */
export type Reader<Value> = (environment: Environment) => Value;
type Shape = Readonly<Record<string, Reader<unknown>>>;
type Config<S extends Shape> = { readonly [Key in keyof S]: ReturnType<S[Key]> };

/** A required variable. An empty value counts as missing. */
export const text =
  (name: string): Reader<string> =>
  (environment) => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`${name} is not set`);
    return value;
  };

/** An optional variable. An empty value counts as missing. */
export const optionalText =
  (name: string): Reader<string | undefined> =>
  (environment) =>
    environment[name] || undefined;

/** An integer from `min` to `max` inclusive; `fallback` if the variable is missing or empty. */
export const integer =
  (name: string, { fallback, min, max }: { fallback: number; min: number; max: number }) =>
  (environment: Environment): number => {
    const value = environment[name] || String(fallback);
    const parsed = Number(value);
    if (/^-?\d+$/.test(value) && parsed >= min && parsed <= max) return parsed;
    throw new Error(`${name} must be a whole number from ${min} to ${max}`);
  };

/** One of `values`; the first one if the variable is missing or empty. */
export const oneOf =
  <const Value extends string>(name: string, values: readonly [Value, ...Value[]]) =>
  (environment: Environment): Value => {
    const value = environment[name] || values[0];
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new Error(`${name} must be one of ${values.join(', ')}`);
    return found;
  };

/** The members of a comma-separated list, trimmed. */
export const membersOf = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Comma-separated names, trimmed. `*`, a missing, or an empty variable gives `undefined`: no restriction. */
export const list =
  (name: string): Reader<ReadonlySet<string> | undefined> =>
  (environment) => {
    const value = environment[name]?.trim() || '*';
    if (value === '*') return undefined;
    return new Set(membersOf(value));
  };

/** Comma-separated names, trimmed. A missing or empty variable has none. */
export const names =
  (name: string): Reader<readonly string[]> =>
  (environment) =>
    membersOf(environment[name] ?? '');

/**
 * Reads all variables of `shape`, so that one failed start reports every problem.
 *
 * @throws ConfigurationError naming each variable and what was expected, never its value.
 */
export function readConfig<S extends Shape>(
  shape: S,
  environment: Environment = process.env,
): Config<S> {
  const problems: string[] = [];
  const entries = Object.entries(shape).map(([key, read]) => {
    try {
      return [key, read(environment)];
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return [key, undefined];
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(entries);
}
