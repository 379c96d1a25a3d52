import { isInForce, type Pause, PauseTable } from '#common/pause.ts';
import { switchPoller } from '#common/poller.ts';
import type { Invocation } from './invocation.ts';

type Keeping = Pick<Invocation, 'clients' | 'config' | 'log' | 'now'>;

/** In force: the poller is off, whatever a deployment or an operator did to it. Over: it is on, and then the pause is removed. */
async function keep(pause: Pause, table: PauseTable, keeping: Keeping): Promise<void> {
  const { clients, config, log, now } = keeping;
  const { since, until } = pause;
  const inForce = isInForce(pause, now());
  if (inForce) log.info('api calls paused', { since, until }, { values: { Paused: 1 } });
  const isSwitched = await switchPoller(clients.lambda, config.pollerId, !inForce);
  if (inForce) {
    if (isSwitched) log.warn('poller stopped again', { since, until });
    return;
  }
  await table.replace(pause, undefined);
  log.info('pause ended', { since, until });
}

/**
 * Makes the poller of ApiCallQueue match the pause of apicall, and ends a pause whose time is over. What fails is logged and left
 * to the next run. Never rejects.
 *
 * @returns the end of the pause; `undefined` if there is none, it is over, or it can't be read.
 */
export async function keepPause(keeping: Keeping): Promise<Date | undefined> {
  const { clients, config, log, now } = keeping;
  const { tableName } = config;
  const table = new PauseTable({ client: clients.dynamoDb, tableName });
  let pause: Pause | undefined;
  try {
    pause = await table.read();
    if (pause !== undefined) await keep(pause, table, keeping);
  } catch (error) {
    log.error('pause not kept', { error });
  }
  return pause && isInForce(pause, now()) ? pause.until : undefined;
}
