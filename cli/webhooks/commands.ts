import { CliError } from '../errors.ts';
import { plural } from '../words.ts';
import { type Delivery, isFailed, toDeliveries } from './deliveries.ts';
import { type HookOwner, openHook } from './github.ts';
import { toJson, toTable } from './print.ts';

export interface DeliveriesOptions extends HookOwner {
  readonly since: Date;
  readonly failed?: boolean;
  readonly json?: boolean;
}

export interface RedeliverOptions extends DeliveriesOptions {
  /** Without it nothing is redelivered, only shown. */
  readonly yes?: boolean;
}

const show = (deliveries: readonly Delivery[], { json }: DeliveriesOptions): void => {
  if (json) console.log(toJson(deliveries));
  else if (deliveries.length > 0) console.log(toTable(deliveries));
};

/** Lists a webhook's deliveries since a time, the failed ones alone if asked. */
export async function listDeliveries(options: DeliveriesOptions): Promise<void> {
  const hook = await openHook(options);
  const all = toDeliveries(await hook.attempts(options.since), options.since);
  const failed = all.filter(isFailed);
  show(options.failed ? failed : all, options);
  const since = options.since.toISOString();
  console.error(`${plural(all.length, 'delivery')} since ${since}, ${failed.length} failed.`);
}

type Hook = Awaited<ReturnType<typeof openHook>>;

/** One after the other, as GitHub asks of clients that write ("Best practices for using the REST API"). */
async function redeliverEach(hook: Hook, deliveries: readonly Delivery[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { last } of deliveries) {
    await hook.redeliver(last).then(
      () => console.error(`redelivered ${last.guid} (${last.event})`),
      (error: Error) => problems.push(`${last.guid}: ${error.message}`),
    );
  }
  return problems;
}

/**
 * Shows what failed since a time and, with `yes`, has GitHub deliver it again.
 *
 * @throws CliError naming what GitHub did not redeliver, after all else was.
 */
export async function redeliver(options: RedeliverOptions): Promise<void> {
  const hook = await openHook(options);
  const attempts = await hook.attempts(options.since);
  const failed = toDeliveries(attempts, options.since).filter(isFailed);
  show(failed, options);
  if (failed.length === 0) return console.error('Nothing to redeliver: no delivery failed.');
  const what = plural(failed.length, 'delivery');
  if (!options.yes)
    return console.error(`Dry run: ${what} would be redelivered. Add --yes to do it.`);
  const problems = await redeliverEach(hook, failed);
  if (problems.length === 0)
    return console.error(`${what} redelivered. List them again to see the answers.`);
  throw new CliError(
    `${problems.length} of ${what} could not be redelivered:\n${problems.join('\n')}`,
  );
}
