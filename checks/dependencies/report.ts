import type { Result } from './check.ts';

const wordOf = ({ problems, notMade }: Result): string => {
  if (notMade !== undefined) return 'not checked';
  return problems.length === 0 ? 'ok' : `${problems.length} to mend`;
};

/** A check as lines for people. */
export function toText(result: Result): string {
  const { title, problems, notes, notMade } = result;
  const lines = [...(notMade === undefined ? [] : [notMade]), ...problems, ...notes];
  return [`${title}: ${wordOf(result)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** 1 - something has to be mended; 2 - nothing has, as far as could be checked; 0 - nothing has. */
export function exitCodeOf(results: readonly Result[]): number {
  if (results.some(({ problems }) => problems.length > 0)) return 1;
  return results.some(({ notMade }) => notMade !== undefined) ? 2 : 0;
}
