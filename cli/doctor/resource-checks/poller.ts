import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { isInForce, type Pause } from '../../../functions/common/pause.ts';
import type { AwsClients } from '../../aws.ts';
import { plural } from '../../format.ts';
import { describePause, RESUME } from '../../pause.ts';
import { readDepth, totalOf } from '../../readings/queues.ts';
import { readState } from '../../readings/state.ts';
import { DEPLOY, type Finding, failed, ok, warning } from '../finding.ts';
import { type Inventory, resourcesOfType, type StackResource } from '../inventory.ts';

/** The queue's retention in template.yaml. */
const RETENTION_MS = 1_209_600_000;

/** How long before the first requests expire a pause is a problem. */
const EXPIRING_MS = 3 * 86_400_000;

/** Two runs of the reprocessor, by default. */
const GRACE_MS = 600_000;

/** A pause is never a fault, unless requests are about to expire in it. */
function findingOfPause(
  what: string,
  pause: Pause,
  { isOff, messages }: { readonly isOff: boolean; readonly messages: number },
): Finding {
  const now = new Date();
  const expiry = new Date(pause.since.getTime() + RETENTION_MS);
  const detail = [
    `is paused ${describePause(pause)}`,
    `${plural(messages, 'message')} in ApiCallQueue`,
    `what has waited since its beginning expires at ${expiry.toISOString()}`,
    ...(isOff ? [] : ["the poller is not off yet: the reprocessor's next run stops it"]),
  ].join('; ');
  const isExpiring = expiry.getTime() - now.getTime() < EXPIRING_MS;
  return isExpiring
    ? failed(what, detail, `Resume before that: ${RESUME}`)
    : warning(what, detail, `To end the pause now: ${RESUME}`);
}

function findingOfEnd(what: string, { until }: Pause): Finding {
  const detail = `is off, although the pause ended at ${until.toISOString()}: requests stay in the queue`;
  const isLate = Date.now() - until.getTime() > GRACE_MS;
  return isLate
    ? failed(what, detail, RESUME)
    : warning(what, detail, `The reprocessor's next run starts it. To start it now: ${RESUME}`);
}

async function checkEventSourceMapping(
  { logicalId, physicalId: UUID }: StackResource,
  inventory: Inventory,
  clients: AwsClients,
): Promise<Finding> {
  const what = `poller ${logicalId}`;
  const mapping = await clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
  const { LastProcessingResult: lastResult = '', State = 'not there' } = mapping;
  const isOff = State === 'Disabled' || State === 'Disabling';
  const { pause } = await readState(inventory, clients);
  if (pause !== undefined && isInForce(pause, new Date()))
    return findingOfPause(what, pause, {
      isOff,
      messages: totalOf(await readDepth(inventory, clients, 'ApiCallQueue')),
    });
  if (pause !== undefined && isOff) return findingOfEnd(what, pause);
  if (State !== 'Enabled')
    return failed(what, `is ${State}: requests stay in the queue`, `Start it: ${RESUME}`);
  if (lastResult.startsWith('PROBLEM')) return failed(what, lastResult, DEPLOY);
  return ok(what, 'is enabled');
}

/** Checks the event source mapping that polls the request queue, and whether a pause has switched it off. */
export const checkPoller = (inventory: Inventory, clients: AwsClients): Promise<Finding[]> =>
  Promise.all(
    resourcesOfType(inventory, 'AWS::Lambda::EventSourceMapping').map((resource) =>
      checkEventSourceMapping(resource, inventory, clients),
    ),
  );
