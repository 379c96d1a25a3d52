import pMap from 'p-map';
import { type Asking, askYesNo } from '../environment/ask.ts';
import type { DeploymentClients } from '../environment/aws.ts';
import { countVersions, emptyBucket } from '../environment/buckets.ts';
import { deleteStack, listResources, type StackDescription } from '../environment/stack.ts';
import { CliError, InterruptedError } from '../errors.ts';
import { formatCount, plural } from '../format.ts';

type Clients = Pick<DeploymentClients, 'cloudFormation' | 's3'>;

/** What a failed first creation left: the rollback deletes everything but buckets that got an object in the meantime. */
interface Leftover {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** Objects of a bucket with their versions. */
  readonly objects: number;
}

const BUCKET = 'AWS::S3::Bucket';

async function leftovers(clients: Clients, stackId: string): Promise<Leftover[]> {
  const resources = await listResources(clients, stackId);
  const left = resources.filter(
    ({ PhysicalResourceId, ResourceStatus }) =>
      PhysicalResourceId && ResourceStatus !== 'DELETE_COMPLETE',
  );
  return pMap(
    left,
    async ({ LogicalResourceId = '', PhysicalResourceId = '', ResourceType = '' }) => ({
      logicalId: LogicalResourceId,
      type: ResourceType,
      physicalId: PhysicalResourceId,
      objects: ResourceType === BUCKET ? await countVersions(clients, PhysicalResourceId) : 0,
    }),
    { concurrency: 4 },
  );
}

const describe = ({ logicalId, objects, physicalId, type }: Leftover): string =>
  `  ${type} ${logicalId} (${physicalId})${objects > 0 ? `, with ${plural(objects, 'object')}` : ''}`;

/**
 * Removes what a failed first creation left: lists it, empties its buckets after asking, deletes the stack.
 *
 * @param asking undefined when nobody can be asked: buckets with objects then stop the deployment.
 */
export async function cleanUpFailedCreation(
  clients: Clients,
  stack: StackDescription,
  { asking, log }: { asking: Asking | undefined; log: (text: string) => void },
): Promise<void> {
  const left = await leftovers(clients, stack.id);
  log(
    `The first deployment of ${stack.name} failed (${stack.status}), and CloudFormation can't continue it. ` +
      (left.length === 0
        ? 'It left no resource. '
        : `It left:\n${left.map(describe).join('\n')}\n`) +
      'The stack is deleted before it is created again.',
  );
  const full = left.filter(({ objects }) => objects > 0);
  if (full.length > 0) {
    const objects = full.reduce((sum, one) => sum + one.objects, 0);
    const what = `${plural(full.length, 'bucket')} with ${formatCount(objects)} objects`;
    if (asking === undefined)
      throw new CliError(
        `${what} must be emptied first, which deletes webhooks and messages: run the command on a terminal to confirm.`,
      );
    if (!(await askYesNo(asking, `Delete the contents of ${what}, for good?`)))
      throw new InterruptedError('Nothing was deleted.');
    for (const { physicalId } of full) await emptyBucket(clients, physicalId);
  }
  await deleteStack(clients, stack);
  log(`${stack.name} is deleted.`);
}
