import type { LogLine, ReceivedLine } from '../../../cli/events/logs.ts';
import { MINUTE_MS } from '../../../cli/readings/metrics.ts';
import type { Connected } from '../connection.ts';
import { type Measures, minuteOf, PROVIDERS, type Series, Tally } from './tally.ts';

/** Of one reading: an hour of the fastest local stack has fewer. */
const MAX_LINES = 200_000;

const WEBHOOKS: Readonly<Record<string, 'accepted' | 'rejected'>> = {
  'webhook accepted': 'accepted',
  'webhook rejected': 'rejected',
  'webhook not published': 'rejected',
  'webhook secret unusable': 'rejected',
};

const METRICS: readonly (readonly [metric: string, series: Series])[] = [
  ['ApiCallSucceeded', 'succeeded'],
  ['ApiCallFailed', 'failed'],
  ['ApiCallDeadLettered', 'deadLettered'],
];

/** What a line counts for: one webhook, or the requests of a batch. */
function countsOf({ logicalId, fields }: LogLine): (readonly [Series, number])[] {
  const kind = WEBHOOKS[String(fields['message'])];
  const provider = PROVIDERS.find((name) => logicalId === `${name}WebhookFunction`);
  if (kind !== undefined && provider !== undefined) return [[`${kind} ${provider}`, 1]];
  return METRICS.map(([metric, series]) => [series, Number(fields[metric] ?? 0)]);
}

/** Measures of the local stack, whose engine has no metrics: counted from log lines, those of minutes that are over once. */
export class LocalMeasures {
  #stack = '';
  /** Minutes from the first up to, and without, the open one are counted for good. */
  #first = 0;
  #open = 0;
  #tally = new Tally();
  #apiUsage: Measures['apiUsage'];

  /** @param first the first minute. Rejects with the engine's error. */
  async read({ events, lines, stack }: Connected, first: number): Promise<Measures> {
    const goesOn = this.#stack === stack.arn && first >= this.#first;
    const from = goesOn ? this.#open : first;
    const until = new Date();
    const range = { since: new Date(from * MINUTE_MS), until, limit: MAX_LINES };
    const page = await lines.read(events, range);
    if (goesOn) this.#tally.remove(from);
    else [this.#stack, this.#first, this.#tally] = [stack.arn, first, new Tally()];
    for (const line of page.lines) this.#add(line);
    // Lines can be a moment late.
    this.#open = Math.max(first, minuteOf(until.getTime()) - 1);
    const apiUsage = this.#apiUsage && { apiUsage: this.#apiUsage };
    return { tally: this.#tally, costUsd: 0, ...apiUsage };
  }

  /**
   * The engine receives some lines long after they were written, with a later invocation. A range is of times of receipt, and so
   * is the minute that a line counts for: in one that is counted for good, each reading would add it again.
   */
  #add({ line, receivedAt }: ReceivedLine): void {
    const { at, fields } = line;
    for (const [series, count] of countsOf(line))
      this.#tally.add(minuteOf(receivedAt), series, count);
    const percent = fields['SalesforceApiUsagePercent'];
    if (typeof percent === 'number' && !(this.#apiUsage && this.#apiUsage.at > at))
      this.#apiUsage = { percent, at };
  }
}
