import { plainText } from '../words.ts';
import { notChecked } from './examine.ts';
import type { Result, Status } from './result.ts';

const count = (results: readonly Result[], status: Status): number =>
  results.filter((result) => result.status === status).length;

/** 1 - something is wrong; 2 - nothing is, as far as it could be looked at; 0 - nothing is. */
export function exitCodeOf(results: readonly Result[]): number {
  if (count(results, 'failed') > 0) return 1;
  return count(results, 'unknown') > 0 ? 2 : 0;
}

/** AWS's texts are short; a policy's are not. */
const MAX_LENGTH = 400;

const lines = ({ what, status, detail, remedy }: Result): string[] => [
  `${status.padEnd(8)} ${what}: ${plainText(detail, MAX_LENGTH)}`,
  ...(remedy === undefined ? [] : [`         → ${plainText(remedy, MAX_LENGTH)}`]),
];

const summary = (results: readonly Result[]): string =>
  (['failed', 'unknown', 'warning', 'ok'] as const)
    .map((status) => `${count(results, status)} ${status}`)
    .join(', ');

/** One line a result, one more with what to do; what is not checked stands at the end. */
export const describe = (results: readonly Result[]): string =>
  [
    ...results.flatMap(lines),
    `${summary(results)}.`,
    `Not checked: ${notChecked.join('; ')}.`,
  ].join('\n');

export const toJson = (results: readonly Result[]): string =>
  JSON.stringify({ ok: exitCodeOf(results) === 0, results, notChecked }, undefined, 2);
