import { nearest } from '../../../local/template/constraints.ts';
import { UsageError } from '../../errors.ts';

/** A value of a payload to be changed: `--set path=value`, or `--set +path=value` for a key that it doesn't have. */
export interface Change {
  /** As typed, for messages. */
  readonly path: string;
  readonly keys: readonly string[];
  readonly value: string;
  readonly isNew: boolean;
}

/** `a.b[0].c`, `a.b.0.c` and `[0].a` alike. */
const toKeys = (path: string): string[] =>
  path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((key, index) => key !== '' || index > 0);

/**
 * Parses `path=value`.
 *
 * @throws UsageError when it has another form.
 */
export function parseChange(text: string): Change {
  const [, plus = '', path = '', value = ''] = /^(\+?)([^=+][^=]*)=(.*)$/s.exec(text) ?? [];
  const keys = toKeys(path);
  if (keys.length > 0 && keys.every((key) => key !== ''))
    return { path, keys, value, isNew: plus === '+' };
  throw new UsageError(`--set takes path=value, such as issue.title=Hello, not "${text}".`);
}

/** Text stays text, also where it looks like a number; anything else is JSON, or text that is none. */
function toValue(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const MAX_LISTED = 8;

/** Why a path leads nowhere, and what would. */
function unknownKey({ path, keys }: Change, depth: number, holder: unknown): UsageError {
  const key = keys[depth] ?? '';
  const parent = keys.slice(0, depth).join('.') || 'the payload';
  if (!isContainer(holder))
    return new UsageError(`--set ${path}: ${parent} is no object, and so has no key ${key}.`);
  const names = Object.keys(holder);
  const match = nearest(key, names);
  const listed = names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ', …' : '');
  const help = match === undefined ? `It has: ${listed || 'none'}.` : `Did you mean ${match}?`;
  const isLast = depth === keys.length - 1;
  const add = isLast ? ` To add a key, write --set +${path}=VALUE.` : '';
  return new UsageError(`--set ${path}: ${parent} has no key ${key}. ${help}${add}`);
}

/** Lists have no other keys than their positions and the next one. */
const canAdd = (holder: unknown, key: string): boolean =>
  Array.isArray(holder) ? key === String(holder.length) : isContainer(holder);

function changed(holder: unknown, change: Change, depth: number): unknown {
  const key = change.keys[depth] ?? '';
  const isLast = depth === change.keys.length - 1;
  const isKnown = isContainer(holder) && Object.hasOwn(holder, key);
  if (!isContainer(holder) || !(isKnown || (isLast && change.isNew && canAdd(holder, key))))
    throw unknownKey(change, depth, holder);
  const before = isKnown ? holder[key] : undefined;
  const after = isLast ? toValue(change.value, before) : changed(before, change, depth + 1);
  if (!Array.isArray(holder)) return { ...holder, [key]: after };
  return Object.assign([...holder], { [Number(key)]: after });
}

/**
 * The document with the changes made in order; the given one stays as it is.
 *
 * @throws UsageError naming the nearest key when a path leads nowhere.
 */
export const applyChanges = (document: unknown, changes: readonly Change[]): unknown =>
  changes.reduce((result: unknown, change) => changed(result, change, 0), document);
