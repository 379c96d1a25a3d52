import pMap from 'p-map';
import { CliError, InterruptedError } from '../../errors.ts';
import { formatCount, MAX_TEXT_LENGTH, sanitizeText, toJson } from '../../format.ts';
import type { StackOptions } from '../../options.ts';
import type { Dependencies } from '../dependencies.ts';

/** What became of one sending. */
export interface Receipt {
  /** The ids that `npm run events -- show` takes. */
  readonly ids: readonly string[];
  /** Of an HTTP answer. */
  readonly status?: number;
  /** What the receiver answered; empty if nothing. */
  readonly answer: string;
  /** Why it was refused, and what to do. */
  readonly problem?: string;
}

/** Something that can be sent any number of times, with new ids each time. */
export interface Sending {
  /** `send github` */
  readonly command: string;
  readonly what: string;
  /** An address, or the name of a bus or queue. */
  readonly to: string;
  /** `delivery`, `event`, `message` or `call`. */
  readonly idName: string;
  readonly send: () => Promise<Receipt>;
  /** What follows, such as a command that shows a queue; by default, that shows the event. */
  readonly next?: (id: string) => string;
}

export interface SendingOptions extends StackOptions {
  readonly count?: number;
  readonly json?: boolean;
}

/** As many as a webhook function's reserved concurrency by default, and no more than a machine serves at once. */
const CONCURRENCY = 10;

/** The options that select the same stack again. */
export const stackArguments = ({ local, stackName }: StackOptions): string => {
  if (local) return ' --local';
  return stackName === 'salesforce-eventbridge' ? '' : ` --stack-name ${stackName}`;
};

/** Stops after those in flight on Ctrl-C. @returns what was sent until then */
async function sendAll(
  { send, what }: Sending,
  { count = 1 }: SendingOptions,
  { showProgress, stopSignal }: Dependencies,
): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  const sendOne = async (): Promise<void> => {
    if (stopSignal.aborted) return;
    receipts.push(await send());
    if (count > 1)
      showProgress(`${what}: ${formatCount(receipts.length)} of ${formatCount(count)}`);
  };
  await pMap(Array.from({ length: count }), sendOne, { concurrency: CONCURRENCY });
  return receipts;
}

/** `498 × 202, 2 × 429` */
function statuses(receipts: readonly Receipt[]): string {
  const counts = Map.groupBy(receipts, ({ status, problem }) =>
    String(status ?? (problem === undefined ? 'accepted' : 'refused')),
  );
  return [...counts].map(([status, some]) => `${formatCount(some.length)} × ${status}`).join(', ');
}

const row = (label: string, value: string): string =>
  `  ${label.padEnd(10)}${sanitizeText(value, MAX_TEXT_LENGTH)}`;

function describeOne({ idName }: Sending, { ids, status, answer }: Receipt): string[] {
  const said = [status === undefined ? '' : String(status), answer.trim()]
    .filter((text) => text !== '')
    .join(' ');
  return [...(said === '' ? [] : [row('answer', said)]), ...ids.map((id) => row(idName, id))];
}

function describeMany(receipts: readonly Receipt[]): string[] {
  const ids = receipts.flatMap((receipt) => receipt.ids);
  const range = ids.length > 1 ? [`${ids.at(0)} … ${ids.at(-1)}`] : ids;
  return [row('answers', statuses(receipts)), ...range.map((text) => row('ids', text))];
}

function nextCommand(sending: Sending, receipts: readonly Receipt[], options: SendingOptions) {
  const [id] = receipts.find(({ problem }) => problem === undefined)?.ids ?? [];
  if (id === undefined) return undefined;
  if (sending.next) return `${sending.next(id)}${stackArguments(options)}`;
  const command = receipts.length > 1 ? 'watch --since 5m' : `show ${id}`;
  return `npm run events -- ${command}${stackArguments(options)}`;
}

function printText(
  sending: Sending,
  receipts: readonly Receipt[],
  next: string | undefined,
  { print, log }: Pick<Dependencies, 'print' | 'log'>,
): void {
  const { what, to } = sending;
  const [first, ...others] = receipts;
  if (first === undefined) return;
  const isOne = others.length === 0;
  const head = isOne ? `Sent ${what}` : `Sent ${formatCount(receipts.length)} × ${what}`;
  const rows = isOne ? describeOne(sending, first) : describeMany(receipts);
  print([`${head} to ${to}`, ...rows].join('\n'));
  for (const problem of new Set(receipts.flatMap((receipt) => receipt.problem ?? []))) log(problem);
  if (next !== undefined) print(`Next: ${next}`);
}

/**
 * Sends as often as asked and prints where it went, the answers, the ids and the command that shows what became of it.
 *
 * @returns the exit code: 1 if something was refused.
 * @throws CliError if nothing answers, InterruptedError if not everything was sent.
 */
export async function runSending(
  sending: Sending,
  options: SendingOptions,
  dependencies: Dependencies,
): Promise<number> {
  const receipts = await sendAll(sending, options, dependencies);
  const ok = receipts.every(({ problem }) => problem === undefined);
  const next = nextCommand(sending, receipts, options);
  const { command, what, to } = sending;
  const result = { what, to, sent: receipts.length, receipts, ...(next && { next }) };
  if (!options.json) printText(sending, receipts, next, dependencies);
  const { count = 1 } = options;
  if (receipts.length < count)
    throw new InterruptedError(
      `Interrupted: ${formatCount(receipts.length)} of ${formatCount(count)} were sent.`,
      { result },
    );
  if (options.json) dependencies.print(toJson(`events ${command}`, ok, result));
  return ok ? 0 : 1;
}

/** The handler of a call to which nothing answers. */
export const handleNoAnswer =
  (url: string) =>
  (cause: unknown): never => {
    const { code = 'no answer' } = Object(cause instanceof Error ? cause.cause : undefined);
    const { origin } = new URL(url);
    throw new CliError(
      `Nothing answers at ${origin} (${code}). For the local stack: npm run local:up. Otherwise check the address and the network connection.`,
      { cause },
    );
  };
