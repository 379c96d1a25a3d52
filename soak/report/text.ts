import Table from 'cli-table3';
import {
  accountRows,
  canaryRows,
  classRows,
  details,
  playedRows,
  type Rows,
  type Run,
  timeRows,
  verdict,
} from './tables.ts';

function table({ head, rows }: Rows): string {
  const made = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

/** The whole report for a terminal. */
export const toText = ({ soaked, seed }: Run): string =>
  [
    ...[accountRows, playedRows, classRows, timeRows, canaryRows].map((rows) =>
      table(rows(soaked)),
    ),
    `${soaked.resent} events were sent again by their senders; ${soaked.apiCalls} calls of Salesforce's API.`,
    ...details(soaked),
    `Seed ${seed}. ${verdict(soaked)}`,
  ].join('\n');
