import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import type { AwsClients } from '../../aws.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

/** Checks whether the last deployment succeeded. */
export async function checkStack({ name, status }: Inventory): Promise<Finding[]> {
  const what = 'stack';
  const findFailure = `Find the first failed event (aws cloudformation describe-stack-events --stack-name ${name})`;
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE')
    return [ok(what, `${name}: ${status}`)];
  if (status.endsWith('_IN_PROGRESS'))
    return [
      warning(
        what,
        `${name}: ${status}`,
        'Wait for the deployment to finish, then run this again.',
      ),
    ];
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return [
      warning(
        what,
        `${name}: the last deployment was rolled back; the previous one is running`,
        `${findFailure}, fix its cause and deploy again.`,
      ),
    ];
  return [
    failed(
      what,
      `${name}: ${status}`,
      `${findFailure}. After a failed rollback: aws cloudformation continue-update-rollback --stack-name ${name}`,
    ),
  ];
}

/** Lambda keeps this many executions unreserved in every account (Lambda Developer Guide, "Reserved concurrency"). */
const ALWAYS_UNRESERVED = 100;

/** Checks whether other functions of the account can use up the concurrency that this stack needs. */
export async function checkConcurrency(
  _inventory: Inventory,
  { lambda }: AwsClients,
): Promise<Finding[]> {
  const what = 'concurrent executions';
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = 0 } = AccountLimit ?? {};
  const detail = `${UnreservedConcurrentExecutions} of the account's ${ConcurrentExecutions} are not reserved`;
  if (UnreservedConcurrentExecutions >= ALWAYS_UNRESERVED) return [ok(what, detail)];
  return [
    warning(
      what,
      detail,
      'Bursts will be throttled: request an increase (Service Quotas, Lambda, Concurrent executions).',
    ),
  ];
}

/** Checks whether alarms go to a topic. */
export async function checkAlarms({ parameters }: Inventory): Promise<Finding[]> {
  const topic = parameters['AlarmTopicArn'];
  if (topic) return [ok('alarms', `go to ${topic}; whether it accepts them is not checked`)];
  return [warning('alarms', 'notify nobody', 'Deploy with AlarmTopicArn.')];
}
