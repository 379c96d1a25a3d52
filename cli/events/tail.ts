import type { AwsClients, AwsErrorHandler } from '../aws.ts';
import { isErrorNamed } from '../errors.ts';
import { type LogText, lateMs, readTexts } from './logs.ts';
import type { EventStack } from './stack.ts';

/** Tells new lines from those that an earlier reading of an overlapping range returned: none is taken twice, and none is left out. */
export function createUnseen() {
  let seen = new Map<string, readonly LogText[]>();
  return {
    /** @param from lines before then are not read again. */
    take: (texts: readonly LogText[], from: number): LogText[] => {
      const groups = Map.groupBy(texts, ({ key }) => key);
      const fresh = [...groups].flatMap(([key, group]) => group.slice(seen.get(key)?.length ?? 0));
      const kept = [...seen, ...groups].filter(([, [first]]) => (first?.timestamp ?? 0) >= from);
      seen = new Map(kept);
      return fresh.toSorted((one, other) => one.timestamp - other.timestamp);
    },
  };
}

export interface TailOptions {
  readonly clients: Pick<AwsClients, 'logs'>;
  readonly stack: EventStack;
  readonly since: Date;
  /** Only lines that contain one of these texts. */
  readonly ids?: readonly string[];
  readonly signal: AbortSignal;
  /** Between readings. Resolves early when `signal` is aborted. */
  readonly wait: () => Promise<unknown>;
}

/** What a busy service or network does now and then. */
const isTransient = (error: unknown): boolean =>
  isErrorNamed(error, 'ThrottlingException', 'TimeoutError', 'ECONNRESET', 'ECONNREFUSED');

/** In a row: then it is no passing trouble. */
const MAX_FAILURES = 5;

/**
 * Follows the log lines of a stack until `signal` is aborted: each reading's new lines, in order of time, or none.
 *
 * @param onAwsError handles an error that does not pass.
 */
export async function* followTexts(
  options: TailOptions,
  onAwsError: AwsErrorHandler,
): AsyncGenerator<readonly LogText[]> {
  const { clients, stack, ids, signal, wait } = options;
  const unseen = createUnseen();
  let since = options.since;
  let failures = 0;
  while (!signal.aborted) {
    const until = new Date();
    const query = { since, until, limit: Number.POSITIVE_INFINITY, ...(ids && { ids }) };
    const page = await readTexts(clients, stack, query, signal).catch((error: unknown) => {
      failures += 1;
      if (!signal.aborted && (failures >= MAX_FAILURES || !isTransient(error))) onAwsError(error);
      return undefined;
    });
    if (page !== undefined) {
      failures = 0;
      // What a reading leaves out, the next one reads.
      if (page.isComplete)
        since = new Date(Math.max(since.getTime(), until.getTime() - lateMs(stack)));
      yield unseen.take(page.texts, since.getTime());
    }
    await wait();
  }
}
