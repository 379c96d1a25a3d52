import type { ErrorReport } from './errors.ts';
import { makeVisible } from './terminal.ts';

export const formatCount = (count: number): string => count.toLocaleString('en');

export const plural = (count: number, noun: string): string =>
  `${formatCount(count)} ${count === 1 ? noun : noun.replace(/y$/, 'ie').concat('s')}`;

/** The units of durations, as they are typed and shown: milliseconds of each, the largest first. */
const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

const isUnit = (text: string): text is keyof typeof units => text in units;

/** A duration such as `30s`, `90m`, `24h` or `3d`, in milliseconds; `undefined` if the text is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return amount === undefined || !isUnit(unit) ? undefined : Number(amount) * units[unit];
}

/** A duration in the largest unit that fits, rounded down, as `parseDuration` reads it: `3d`, `5h`, `12m`, `40s`. */
function formatDuration(ms: number): string {
  const [unit, size] = Object.entries(units).find(([, one]) => ms >= one) ?? ['s', units.s];
  return `${Math.floor(ms / size)}${unit}`;
}

/** A measured time, rounded: `120 ms`, `3.2 s`, `12 min`, `5 h`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** The time since then: `3d`, `5h`, `12m`, `40s`. */
export const formatAge = (then: Date, now: Date): string =>
  formatDuration(Math.max(0, Math.round((now.getTime() - then.getTime()) / 1_000) * 1_000));

/** Makes text from outside fit on a line: without control characters and others that are invisible, and at most `length` characters long. */
export function sanitizeText(text: string, length: number): string {
  const plain = Array.from(makeVisible(text, () => ' ').replaceAll(/[\n\t]/g, ' '));
  return plain.length > length ? `${plain.slice(0, length).join('')}…` : plain.join('');
}

/** Longer texts from outside are cut. */
export const MAX_TEXT_LENGTH = 300;

/** One finding of a check: its status in a column, and the remedy on a line of its own. */
export const formatFinding = (status: string, text: string, remedy?: string): string[] => [
  `${status.padEnd(8)} ${text}`,
  ...(remedy === undefined ? [] : [`         → ${remedy}`]),
];

export const formatJson = (value: unknown): string => JSON.stringify(value, undefined, 2);

/**
 * The one JSON document that a command with `--json` prints (docs/commands.md). When a command throws, `runProgram` makes it.
 *
 * @param command as typed after `npm run`, such as `dlq status`.
 * @param ok whether the exit code is 0.
 * @param error what ended the command before it was done.
 */
export const toJson = (
  command: string,
  ok: boolean,
  result: unknown,
  error?: Pick<ErrorReport, 'message' | 'remedy'> | undefined,
): string => formatJson({ command, ok, result: result ?? null, error });
