import { faultsOf, type Soaked } from '../soak.ts';

export interface Run {
  readonly seed: number;
  readonly events: number;
  readonly minutes: number;
  readonly soaked: Soaked;
}

/** A table's head and its rows, for the terminal and the page alike. */
export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');

const text = (value: number): string => value.toLocaleString('en-US');
const ms = (value: number): string => `${value.toFixed(1)} ms`;

export function accountRows({ account: { rows } }: Soaked): Rows {
  const sum = (of: (row: (typeof rows)[number]) => number): string =>
    text(rows.reduce((total, row) => total + of(row), 0));
  const countOf = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, one) => total + one, 0);
  return {
    head: [
      'way in',
      'sent',
      'accepted',
      'in Salesforce',
      'parked',
      'sender told',
      'not taken',
      'delivered again',
    ],
    rows: [
      ...rows.map(({ way, sent, accepted, applied, parked, told, refused, repeated }) => [
        way,
        text(sent),
        text(accepted),
        text(applied),
        list(parked) || '0',
        text(told),
        text(refused),
        text(repeated),
      ]),
      [
        'all',
        sum(({ sent }) => sent),
        sum(({ accepted }) => accepted),
        sum(({ applied }) => applied),
        sum(({ parked }) => countOf(parked)),
        sum(({ told }) => told),
        sum(({ refused }) => refused),
        sum(({ repeated }) => repeated),
      ],
    ],
  };
}

export const playedRows = ({ played }: Soaked): Rows => ({
  head: ['hop', 'fault', 'times'],
  rows: played.map(({ hop, fault, times }) => [hop, fault, text(times)]),
});

export const canaryRows = ({ canaries }: Soaked): Rows => ({
  head: ['searched', 'texts', 'bytes', 'secrets found', 'contents found'],
  rows: canaries.map(({ source, texts, bytes, secrets, contents }) => [
    source,
    text(texts),
    text(bytes),
    text(secrets),
    text(contents),
  ]),
});

export const classRows = ({ forged: { classes } }: Soaked): Rows => ({
  head: ['class', 'answered'],
  rows: classes.map(({ name, statuses }) => [name, list(statuses).replace(/^0: /, 'closed: ')]),
});

export const timeRows = ({ forged: { times } }: Soaked): Rows => ({
  head: ['body', 'requests', 'median', '99 %', 'longest'],
  rows: times.map(({ size, count, medianMs, p99Ms, maxMs }) => [
    size,
    text(count),
    ms(medianMs),
    ms(p99Ms),
    ms(maxMs),
  ]),
});

/** The verdict in one sentence. */
export function verdict(soaked: Soaked): string {
  const faults = faultsOf(soaked);
  return faults.length === 0
    ? '0 lost, 0 applied twice, 0 forged requests accepted, 0 answered 5xx, 0 secrets or contents out of place.'
    : `NOT as it must be: ${faults.join('; ')}.`;
}

/** What is wrong, one by one, as far as it is told. */
export function details({ account: { lost, odd, twice }, canaries }: Soaked): string[] {
  const some = (what: string, of: readonly string[]): string[] =>
    of.slice(0, 20).map((one) => `${what}: ${one}`);
  return [
    ...some('lost', lost),
    ...some('applied twice', twice),
    ...some('parked without a fault', odd),
    ...canaries.flatMap(({ source, findings }) => some(source, findings)),
  ];
}
