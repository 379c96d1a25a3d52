import { type FilteredLogEvent, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { physicalIdOf } from '../../../cli/doctor/inventory.ts';
import { isErrorNamed } from '../../../cli/errors.ts';
import { parseJsonObject } from '../../../functions/common/json.ts';
import type { Connected } from '../connection.ts';
import { MINUTE_MS } from './metrics.ts';
import { type Measures, minuteOf, PROVIDERS, type Series, Tally } from './tally.ts';

/** The engine returns this many lines at most, without a token for the next page. */
const PAGE_LINES = 10_000;

type Line = Readonly<Record<string, unknown>>;

/** A log group, and what its lines count for. */
interface Group {
  readonly logGroupName: string;
  readonly filterPattern?: string;
  readonly countsOf: (line: Line) => readonly (readonly [Series, number])[];
}

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

function groupsOf({ stack }: Connected): Group[] {
  const webhooks = PROVIDERS.map((provider) => ({
    logGroupName: physicalIdOf(stack, `${provider}WebhookLogs`) ?? '',
    countsOf: ({ message }: Line): [Series, number][] => {
      const kind = WEBHOOKS[String(message)];
      return kind === undefined ? [] : [[`${kind} ${provider}`, 1]];
    },
  }));
  const apicall: Group = {
    logGroupName: physicalIdOf(stack, 'SalesforceApiCallLogs') ?? '',
    filterPattern: '"CloudWatchMetrics"',
    countsOf: (line) => METRICS.map(([metric, series]) => [series, Number(line[metric] ?? 0)]),
  };
  return [...webhooks, apicall].filter(({ logGroupName }) => logGroupName !== '');
}

/** The lines of a group since a time. A group has none until its function has run. */
async function readLines(
  { clients }: Connected,
  { logGroupName, filterPattern }: Group,
  since: number,
): Promise<FilteredLogEvent[]> {
  const lines: FilteredLogEvent[] = [];
  for (let startTime = since; ; ) {
    const command = new FilterLogEventsCommand({ logGroupName, filterPattern, startTime });
    const { events = [] } = await clients.logs.send(command).catch((error: unknown) => {
      if (isErrorNamed(error, 'ResourceNotFoundException')) return { events: [] };
      throw error;
    });
    lines.push(...events);
    if (events.length < PAGE_LINES) return lines;
    startTime = (events.at(-1)?.timestamp ?? since) + 1;
  }
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
  async read(connected: Connected, first: number): Promise<Measures> {
    const { arn } = connected.stack;
    const goesOn = this.#stack === arn && first >= this.#first;
    const from = goesOn ? this.#open : first;
    const groups = groupsOf(connected);
    const read = await Promise.all(
      groups.map((group) => readLines(connected, group, from * MINUTE_MS)),
    );
    const now = minuteOf(Date.now());
    if (goesOn) this.#tally.remove(from);
    else [this.#stack, this.#first, this.#tally] = [arn, first, new Tally()];
    for (const [index, group] of groups.entries())
      for (const line of read[index] ?? []) this.#add(line, group);
    // Lines can be a moment late.
    this.#open = Math.max(first, now - 1);
    const apiUsage = this.#apiUsage && { apiUsage: this.#apiUsage };
    return { tally: this.#tally, oldestAges: new Map(), costUsd: 0, ...apiUsage };
  }

  #add({ message = '', timestamp: at = 0 }: FilteredLogEvent, { countsOf }: Group): void {
    const line = parseJsonObject(message);
    if (line === undefined) return;
    for (const [series, count] of countsOf(line)) this.#tally.add(minuteOf(at), series, count);
    const percent = Number(line['SalesforceApiUsagePercent'] ?? Number.NaN);
    if (!Number.isNaN(percent)) this.#apiUsage = { percent, at: new Date(at).toISOString() };
  }
}
