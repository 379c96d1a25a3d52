import { createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';

export type Zone = 'local' | 'UTC';

/** The zone in which lists show times. Details show both. */
export const ZoneContext = createContext<Zone>('local');

const optionsOf = (zone: Zone): Intl.DateTimeFormatOptions =>
  zone === 'UTC' ? { timeZone: 'UTC' } : {};
const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const day = { year: 'numeric', month: 'short', day: '2-digit' } as const;

/** A formatter takes longer to make than a hundred rows to show. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Date, zone: Zone, parts: Intl.DateTimeFormatOptions): string {
  const key = `${zone} ${Object.keys(parts)}`;
  const known =
    formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...optionsOf(zone), ...parts });
  formats.set(key, known);
  return known.format(at);
}

function textOf(at: Date, zone: Zone): string {
  const date = format(at, zone, day);
  const time = format(at, zone, clock);
  return date === format(new Date(), zone, day) ? time : `${date}, ${time}`;
}

/** A time in the chosen zone: today's without the date. Hovering shows both zones. */
export function Time({ at }: { readonly at: string }): JSX.Element {
  const zone = useContext(ZoneContext);
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>{at}</span>;
  const title = `${format(date, 'local', { ...day, ...clock })} local · ${date.toISOString()}`;
  return (
    <time dateTime={at} title={title}>
      {textOf(date, zone)}
    </time>
  );
}

/** A time in both zones, to the millisecond. */
export function BothTimes({ at }: { readonly at: string }): JSX.Element {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>{at}</span>;
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return (
    <time dateTime={at}>
      {textOf(date, 'local')}.{milliseconds} <span class="muted">local</span>{' '}
      {date.toISOString().slice(11, 23)} <span class="muted">UTC</span>
    </time>
  );
}

const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** Such as 4 s, 12 min, 3 h. */
export function durationOf(seconds: number): string {
  const [size, name] = units.find(([least]) => seconds >= least) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${name}`;
}
