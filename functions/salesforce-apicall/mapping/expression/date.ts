import { FunctionError } from '../errors.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** RFC 3339, whose offset ISO 8601 lets out; a time without one has no day that could be told. */
const TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})$/;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: unknown): Intl.DateTimeFormat {
  if (typeof zone !== 'string')
    throw new FunctionError('$date needs a time zone such as "Europe/Vienna"');
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  try {
    const options = { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const formatter = new Intl.DateTimeFormat('en-CA', options);
    formatters.set(zone, formatter);
    return formatter;
  } catch (cause) {
    const message = '$date needs a time zone of the IANA database, such as "Europe/Vienna"';
    throw Object.assign(new FunctionError(message), { cause });
  }
}

/** Whether a text begins with a day that is in the calendar: `Date.parse` goes on to the next month. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const millis = Date.parse(day);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(day) && day >= '0001';
}

/** RFC 3339 allows a blank and a lower-case letter, and ISO 8601 an offset without a colon. */
const toMillis = (text: string): number =>
  Date.parse(
    text
      .toUpperCase()
      .replace(' ', 'T')
      .replace(/([+-]\d{2})(\d{2})$/, '$1:$2'),
  );

/**
 * The day on which a time falls in a time zone, as Salesforce's Date fields take it: `YYYY-MM-DD`. A day stays that day;
 * nothing and null stay what they are.
 *
 * @param zone a name of the IANA time zone database.
 * @throws FunctionError when the time is not an RFC 3339 text with an offset, or the zone is unknown.
 */
export function dateIn(time: unknown, zone: unknown = 'UTC'): string | null | undefined {
  if (time === undefined || time === null) return time;
  const formatter = formatterOf(zone);
  if (typeof time === 'number')
    throw new FunctionError('$date needs a text: use $fromMillis for milliseconds since 1970');
  if (typeof time === 'string' && DAY.test(time) && isDay(time)) return time;
  const isTime = typeof time === 'string' && TIME.test(time) && isDay(time);
  const millis = isTime ? toMillis(time) : Number.NaN;
  if (Number.isNaN(millis))
    throw new FunctionError('$date needs a time with an offset, such as 2026-11-27T09:30:00Z');
  const parts = new Map(formatter.formatToParts(millis).map(({ type, value }) => [type, value]));
  const year = parts.get('year') ?? '';
  return `${year.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
}
