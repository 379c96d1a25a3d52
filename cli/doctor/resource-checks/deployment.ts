import {
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  GetTemplateSummaryCommand,
} from '@aws-sdk/client-cloudformation';
import pWaitFor from 'p-wait-for';
import { readTemplate } from '../../../local/template/source.ts';
import manifest from '../../../package.json' with { type: 'json' };
import type { AwsClients } from '../../aws.ts';
import { type Difference, differences } from '../../deploy/parameters.ts';
import {
  type Environment,
  environmentNames,
  readEnvironment,
  shownPath,
} from '../../environment/file.ts';
import { DEPLOY, type Finding, failed, ok, warning } from '../finding.ts';
import type { DoctorOptions, Inventory } from '../inventory.ts';

/** Compares the version of the deployed template, its output Version, with that of this clone. */
export async function checkVersion({ outputs }: Inventory): Promise<Finding[]> {
  const what = 'version';
  const { Version: deployed = 'older than any that names itself' } = outputs;
  const { version } = manifest;
  if (deployed === version) return [ok(what, `${version} is deployed, as in this folder`)];
  return [
    warning(
      what,
      `deployed is ${deployed}, in this folder is ${version}: commands of another version may not understand the stack`,
      'Deploy this version (npm run deploy), or run commands in the folder of the deployed version.',
    ),
  ];
}

/** The environment whose file is for this stack. */
async function findEnvironment(
  { arn, name }: Inventory,
  folder: string,
): Promise<Environment | undefined> {
  const [, , , region, account] = arn.split(':');
  const names = await environmentNames(folder);
  const environments = await Promise.all(names.map((one) => readEnvironment(folder, one)));
  return environments.find(
    (one) => one?.stackName === name && one.account === account && one.region === region,
  );
}

const origins: Readonly<Record<Difference['origin'], string>> = {
  file: 'in the file',
  default: "the template's default",
  'new default': "the template's new default",
  set: 'given',
};

const describe = ({ deployed, name, next, origin }: Difference): string =>
  `${name} is "${deployed}", and "${next}" ${origins[origin]}`;

/** Compares the deployed parameters with the file of the environment. Values of NoEcho parameters are never shown by AWS. */
export async function checkParameters(
  inventory: Inventory,
  { cloudFormation }: AwsClients,
  { folder, local }: DoctorOptions,
): Promise<Finding[]> {
  const what = 'parameters';
  if (local) return [];
  const environment = await findEnvironment(inventory, folder);
  if (environment === undefined)
    return [
      ok(
        what,
        `no file in ${shownPath(folder)}/ is for this stack: there is nothing to compare with`,
      ),
    ];
  const command = new GetTemplateSummaryCommand({ StackName: inventory.name });
  const { Parameters = [] } = await cloudFormation.send(command);
  const defaults = Object.fromEntries(
    Parameters.map(({ DefaultValue = '', ParameterKey = '' }) => [ParameterKey, DefaultValue]),
  );
  const found = differences(
    readTemplate('template.yaml'),
    environment.parameters,
    {},
    { values: inventory.parameters, defaults },
  );
  const file = shownPath(environment.file);
  if (found.length === 0) return [ok(what, `are those of ${file}`)];
  return [
    warning(
      what,
      `differ from ${file}: ${found.map(describe).join('; ')}`,
      `See what a deployment would change: npm run deploy -- --env ${environment.name} --dry-run`,
    ),
  ];
}

/** Detection takes about a second for each resource ("Detect unmanaged configuration changes"). */
const DRIFT_TIMEOUT_MS = 15 * 60_000;

/** With --drift, has CloudFormation compare every resource with its template. This starts an operation of CloudFormation. */
export async function checkDrift(
  { name: StackName }: Inventory,
  { cloudFormation }: AwsClients,
  { drift }: DoctorOptions,
): Promise<Finding[]> {
  if (!drift) return [];
  const { StackDriftDetectionId } = await cloudFormation.send(
    new DetectStackDriftCommand({ StackName }),
  );
  const ended = await pWaitFor(
    async () => {
      const command = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId });
      const answer = await cloudFormation.send(command);
      const isOver = answer.DetectionStatus !== 'DETECTION_IN_PROGRESS';
      return isOver && pWaitFor.resolveWith(answer);
    },
    { interval: 5_000, timeout: DRIFT_TIMEOUT_MS },
  );
  const { StackResourceDrifts = [] } = await cloudFormation.send(
    new DescribeStackResourceDriftsCommand({
      StackName,
      StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
    }),
  );
  const found = StackResourceDrifts.map(
    ({ LogicalResourceId, PropertyDifferences = [], StackResourceDriftStatus = '' }) => {
      const paths = PropertyDifferences.map(({ PropertyPath }) => PropertyPath).join(', ');
      return failed(
        `drift of ${LogicalResourceId}`,
        `${StackResourceDriftStatus.toLowerCase()}${paths ? `: ${paths}` : ''}`,
        DEPLOY,
      );
    },
  );
  if (ended.DetectionStatus === 'DETECTION_FAILED')
    throw new Error(ended.DetectionStatusReason ?? 'CloudFormation could not detect drift');
  return found.length > 0 ? found : [ok('drift', 'no resource was changed')];
}
