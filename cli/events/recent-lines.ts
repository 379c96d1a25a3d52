import type { AwsClients } from '../aws.ts';
import {
  type LogQuery,
  lateMs,
  OWN_LINES,
  type ReceivedLine,
  readTexts,
  toReceived,
} from './logs.ts';
import type { EventStack } from './stack.ts';

/** What was read of a range. */
interface LinesRead {
  readonly lines: readonly ReceivedLine[];
  /** False if a bound (logs.ts) ended the reading: then some lines are missing. */
  readonly isComplete: boolean;
}

/** Times of receipt: milliseconds since 1970, both included. */
interface Range {
  readonly since: number;
  readonly until: number;
}

/** Every line that was received from `since` on and before `until`: as far as is foreseen, no further one is. */
interface Kept extends Range {
  readonly lines: readonly ReceivedLine[];
  readonly expiresAt: number;
}

/** Then everything is read anew: a line can be later than is foreseen. */
const KEPT_MS = 5 * 60_000;

/** A line takes about 2 KB of memory. More of them are read anew each time. */
const MAX_KEPT = 60_000;

type Query = Omit<LogQuery, 'ids'>;

/** The functions' lines, for one who reads the latest again and again: each reading asks AWS only for what can be new since the last. */
export class RecentLines {
  readonly #clients: Pick<AwsClients, 'logs'>;
  #kept: Kept | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(clients: Pick<AwsClients, 'logs'>) {
    this.#clients = clients;
  }

  /** The lines of a range, in no order, as far as `limit` and the bounds of logs.ts allow. Rejects with CloudWatch Logs' error. */
  read(stack: EventStack, query: Query): Promise<LinesRead> {
    // One after the other: each goes on from what the last has kept.
    const reading = this.#last.then(() => this.#read(stack, query));
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  async #read(stack: EventStack, { since, until, limit }: Query): Promise<LinesRead> {
    const range = { since: since.getTime(), until: until.getTime() };
    const kept = this.#keptBeside(range);
    const known = kept.lines.filter(
      ({ receivedAt }) => receivedAt >= range.since && receivedAt <= range.until,
    );
    const read: ReceivedLine[] = [];
    let isComplete = true;
    for (const part of partsOutside(kept, range)) {
      const { texts, ...page } = await readTexts(this.#clients, stack, {
        since: new Date(part.since),
        until: new Date(part.until),
        ids: OWN_LINES,
        limit: limit - known.length - read.length,
      });
      read.push(...texts.flatMap((text) => toReceived(text) ?? []));
      isComplete &&= page.isComplete;
    }
    if (isComplete) this.#keep(range, kept, read, lateMs(stack));
    return { lines: [...known, ...read], isComplete };
  }

  /** What is kept, if it overlaps the range or stands beside it; else nothing. */
  #keptBeside({ since, until }: Range): Kept {
    const kept = this.#kept;
    const isBeside = kept !== undefined && since <= kept.until && until >= kept.since - 1;
    if (isBeside && Date.now() < kept.expiresAt) return kept;
    return { since, until: since, lines: [], expiresAt: Date.now() + KEPT_MS };
  }

  #keep({ since, until }: Range, kept: Kept, read: readonly ReceivedLine[], late: number): void {
    // A page of older events is looked at once.
    if (this.#kept !== undefined && this.#kept !== kept && until < this.#kept.since) return;
    const newest = read.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), 0);
    const settled = Math.max(kept.until, Math.min(until, newest) - late);
    const lines = [...kept.lines, ...read].filter(({ receivedAt }) => receivedAt < settled);
    const all = { ...kept, since: Math.min(kept.since, since), until: settled, lines };
    const isKept = settled > all.since && lines.length <= MAX_KEPT;
    this.#kept = isKept ? all : undefined;
  }
}

/** The parts of a range before and after what is kept. */
const partsOutside = (kept: Range, { since, until }: Range): Range[] =>
  [
    { since, until: Math.min(until, kept.since - 1) },
    { since: Math.max(since, kept.until), until },
  ].filter((part) => part.since <= part.until);
