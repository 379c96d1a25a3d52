import { CliError } from '../errors.ts';
import { plural, toJson } from '../format.ts';
import { formatTable } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { type Delivery, isFailed, toDeliveries } from './deliveries.ts';
import { type HookOwner, openHook } from './github.ts';

export interface DeliveriesOptions extends HookOwner {
  readonly since: Date;
  readonly failed?: boolean;
  readonly json?: boolean;
}

export interface RedeliverOptions extends DeliveriesOptions {
  /** Without it, nothing is redelivered. */
  readonly yes?: boolean;
}

const HEAD = ['delivered at', 'event', 'answer', 'attempts', 'delivery'];

const toRow = ({ last, attempts, isDelivered }: Delivery): string[] => [
  last.delivered_at,
  last.action === null ? last.event : `${last.event}.${last.action}`,
  isDelivered ? 'delivered' : `${last.status_code || 'none'} ${last.status}`,
  String(attempts),
  last.guid,
];

const toResult = ({ last, ...rest }: Delivery) => ({ ...last, ...rest });

function printDeliveries(deliveries: readonly Delivery[], { print }: Terminal): void {
  if (deliveries.length > 0) print(formatTable(HEAD, deliveries.map(toRow)));
}

/** Lists a webhook's deliveries since a time; with `failed`, only those. */
export async function listDeliveries(options: DeliveriesOptions, terminal: Terminal) {
  const hook = await openHook(options);
  const all = toDeliveries(await hook.attempts(options.since), options.since);
  const failed = all.filter(isFailed);
  const deliveries = options.failed ? failed : all;
  if (options.json) {
    const result = { deliveries: deliveries.map(toResult) };
    terminal.print(toJson('webhooks deliveries', true, result));
  } else printDeliveries(deliveries, terminal);
  const since = options.since.toISOString();
  terminal.log(`${plural(all.length, 'delivery')} since ${since}, ${failed.length} failed.`);
}

type Hook = Awaited<ReturnType<typeof openHook>>;

/** One at a time, as GitHub requires of clients that write ("Best practices for using the REST API"). */
async function redeliverEach(
  hook: Hook,
  deliveries: readonly Delivery[],
  { log }: Terminal,
): Promise<{ redelivered: string[]; failures: string[] }> {
  const redelivered: string[] = [];
  const failures: string[] = [];
  for (const { last } of deliveries) {
    await hook.redeliver(last).then(
      () => {
        redelivered.push(last.guid);
        log(`redelivered ${last.guid} (${last.event})`);
      },
      (error: Error) => failures.push(`${last.guid}: ${error.message}`),
    );
  }
  return { redelivered, failures };
}

/**
 * Lists the failed deliveries since a time and, with `yes`, has GitHub redeliver them.
 *
 * @throws CliError naming those that GitHub did not redeliver, after all others were.
 */
export async function redeliver(options: RedeliverOptions, terminal: Terminal): Promise<void> {
  const { log, print } = terminal;
  const { json, yes } = options;
  const hook = await openHook(options);
  const attempts = await hook.attempts(options.since);
  const failed = toDeliveries(attempts, options.since).filter(isFailed);
  if (!json) printDeliveries(failed, terminal);
  const done = yes
    ? await redeliverEach(hook, failed, terminal)
    : { redelivered: [], failures: [] };
  const result = { dryRun: yes !== true, deliveries: failed.map(toResult), ...done };
  const count = plural(failed.length, 'delivery');
  const { failures } = done;
  if (failures.length > 0)
    throw new CliError(
      `${failures.length} of ${count} could not be redelivered:\n${failures.join('\n')}`,
      { result },
    );
  if (json) print(toJson('webhooks redeliver', true, result));
  if (failed.length === 0) return log('Nothing to redeliver: no delivery failed.');
  if (!yes) return log(`Dry run: ${count} would be redelivered. Pass --yes to redeliver.`);
  log(`${count} redelivered. For the answers: npm run webhooks -- deliveries github`);
}
