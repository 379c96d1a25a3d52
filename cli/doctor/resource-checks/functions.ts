import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import type { AwsClients } from '../../aws.ts';
import { DEPLOY, type Finding, failed, ok, warning } from '../finding.ts';
import { type Inventory, physicalIdOf, resourcesOfType, type StackResource } from '../inventory.ts';

async function checkFunction(
  { logicalId, physicalId }: StackResource,
  { lambda }: AwsClients,
): Promise<Finding> {
  const what = `function ${logicalId}`;
  const { LastUpdateStatus, LastUpdateStatusReason, State, StateReason } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: physicalId }),
  );
  const reason = StateReason ?? LastUpdateStatusReason ?? 'no reason given';
  if (State === 'Failed' || LastUpdateStatus === 'Failed')
    return failed(what, reason, 'Fix the cause and deploy again (npm run deploy).');
  // A function that is not invoked for weeks becomes inactive and starts again when it is invoked (Lambda Developer
  // Guide, "Lambda function states").
  return ok(what, `is ${String(State ?? 'Active').toLowerCase()}`);
}

/** Finds functions that cannot start. */
export const checkFunctions = (inventory: Inventory, clients: AwsClients): Promise<Finding[]> =>
  Promise.all(
    resourcesOfType(inventory, 'AWS::Lambda::Function').map((resource) =>
      checkFunction(resource, clients),
    ),
  );

/** Checks whether the dead-letter queues are processed on a schedule. */
export async function checkSchedule(
  inventory: Inventory,
  { scheduler }: AwsClients,
): Promise<Finding[]> {
  const what = 'reprocessor schedule';
  const Name = physicalIdOf(inventory, 'DlqReprocessorSchedule');
  if (Name === undefined) return [failed(what, 'does not exist', DEPLOY)];
  const GroupName = physicalIdOf(inventory, 'ScheduleGroup');
  const { State, ScheduleExpression } = await scheduler.send(
    new GetScheduleCommand({ Name, GroupName }),
  );
  if (State === 'ENABLED') return [ok(what, `runs at ${ScheduleExpression}`)];
  const isIntended = inventory.parameters['ReprocessorState'] === 'DISABLED';
  const detail =
    'is disabled: dead-letter messages are redriven only by npm run dlq, and expire after 14 days';
  return [
    isIntended
      ? warning(what, detail, 'Deploy with ReprocessorState=ENABLED.')
      : failed(what, detail, DEPLOY),
  ];
}
