/** Days from the first (inclusive) to the last (exclusive), as `YYYY-MM-DD`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

const toDay = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** The first day of the unit that is `offset` units after the one of today. Weeks start on Sunday, as in the en_US locale. */
function startOf(unit: Unit, today: Date, offset: number): string {
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  switch (unit) {
    case 'DAY':
      return toDay(year, month, day + offset);
    case 'WEEK':
      return toDay(year, month, day - today.getUTCDay() + offset * 7);
    case 'MONTH':
      return toDay(year, month + offset, 1);
    case 'QUARTER':
      return toDay(year, month - (month % 3) + offset * 3, 1);
    case 'YEAR':
      return toDay(year + offset, 0, 1);
  }
}

/** Number of days, weeks… from the current one: the first one, and the first one that is not included. */
type Span = readonly [from: number, to: number];

const NAMED: Readonly<Record<string, readonly [Unit, ...Span]>> = {
  YESTERDAY: ['DAY', -1, 0],
  TODAY: ['DAY', 0, 1],
  TOMORROW: ['DAY', 1, 2],
  LAST_90_DAYS: ['DAY', -90, 1],
  NEXT_90_DAYS: ['DAY', 1, 91],
};

const RELATIVE: Readonly<Record<string, Span>> = { LAST: [-1, 0], THIS: [0, 1], NEXT: [1, 2] };

const isUnit = (name: string): name is Unit =>
  ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'].includes(name);

/** `LAST_N_DAYS:n` includes today; for longer units the current one is not included ("SOQL and SOSL Reference", Date Formats and Date Literals). */
function counted(direction: string, unit: Unit, n: number): Span {
  if (direction === 'LAST') return [-n, unit === 'DAY' ? 1 : 0];
  if (direction === 'NEXT') return [1, n + 1];
  return [-n, 1 - n];
}

function spanOf(literal: string): readonly [Unit, ...Span] | undefined {
  const named = NAMED[literal];
  if (named !== undefined) return named;
  const [, ago, direction, unit = '', n] =
    /^(?:(?:(N)|(LAST|NEXT)_N)_)([A-Z]+?)S(?:_AGO)?:(\d+)$/.exec(literal) ?? [];
  if (isUnit(unit) && n !== undefined)
    return [unit, ...counted(ago === undefined ? (direction ?? '') : 'AGO', unit, Number(n))];
  const [, relative = '', single = ''] = /^(LAST|THIS|NEXT)_([A-Z]+)$/.exec(literal) ?? [];
  const span = RELATIVE[relative];
  return span !== undefined && isUnit(single) ? [single, ...span] : undefined;
}

/**
 * The days of a date literal, in UTC. The fiscal year is the calendar year, as in a new org.
 *
 * @returns undefined if there is no such literal.
 */
export function daysOf(literal: string, now: Date): Days | undefined {
  const span = spanOf(literal.toUpperCase().replace('FISCAL_', ''));
  if (span === undefined) return undefined;
  const [unit, from, to] = span;
  return { from: startOf(unit, now, from), to: startOf(unit, now, to) };
}
